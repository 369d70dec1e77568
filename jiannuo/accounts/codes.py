"""One-time codes of the second factor: each is good once, on every server process (RFC 6238 §5.2)."""

import time

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    validate_totp_code,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import IntegrityError, transaction

from .models import UsedCode, User


def has_factor(user: User) -> bool:
    """Whether the account has a second factor. Recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def use(user: User, code: str) -> bool:
    """Mark a code that was found right as used; False if it was used before. Other kinds of code pass."""
    secret = secret_of(user)
    if secret is None or not validate_totp_code(secret, code):
        return True  # a recovery code: the library strikes it out itself
    typed = normalize_user_code(code)
    windows = [w for w in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, w)) == typed]
    UsedCode.objects.filter(user=user, window__lt=present_window() - 2 * mfa.TOTP_TOLERANCE - 1).delete()
    try:
        with transaction.atomic():
            UsedCode.objects.bulk_create([UsedCode(user=user, window=window) for window in windows])
    except IntegrityError:
        return False
    return True


def secret_of(user: User) -> str | None:
    """The secret of the account's TOTP device, in the clear, or None."""
    factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return decrypt(factor.data["secret"]) if factor else None


def present_window() -> int:
    """Number of the time window that runs now."""
    return int(int(time.time()) // mfa.TOTP_PERIOD)
