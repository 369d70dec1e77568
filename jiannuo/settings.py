"""All settings, one file. Whatever an operator may set is an environment variable JIANNUO_*, parsed strictly."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlparse

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """The value of JIANNUO_<name>, or of the file that JIANNUO_<name>_FILE names (for secrets)."""
    file = os.environ.get(f"JIANNUO_{name}_FILE")
    if file:
        return Path(file).read_text("utf-8").strip()
    return os.environ.get(f"JIANNUO_{name}", default)


def env_bool(name: str, default: bool) -> bool:
    text = env(name, "yes" if default else "no")
    if text not in ("yes", "no"):
        raise ImproperlyConfigured(f"JIANNUO_{name} is {text!r}; allowed: yes, no")
    return text == "yes"


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def database(url: str) -> dict[str, object]:
    """Django's settings for sqlite:///path or postgres://user:password@host:port/name."""
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "jiannuo.ledger.turnstile",
            "NAME": unquote(parts.path[1:]),
            "CONN_MAX_AGE": 60,  # opening costs a tenth of a page; no read transaction stays open between requests
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: a checkpoint must never outlive the rows it speaks of (docs/decisions/0003).
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;",
            },
            "TEST": {"NAME": os.environ.get("JIANNUO_TEST_DATABASE") or None},
        }
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    allowed = "sqlite:///PATH, postgres://USER:PASSWORD@HOST:PORT/NAME"
    raise ImproperlyConfigured(f"DATABASE_URL is {url!r}; allowed: {allowed}")


# A trial holds no real record: its log's origin ends in /trial, its keys are made on the spot, it shows its own codes.
TRIAL = env_bool("TRIAL", True)
DEBUG = env_bool("DEBUG", False)
# Which starting set this city began with; it decides what the screens call fictional and where a trial keeps its data.
CITY = env("CITY", "demo")
VAR = Path(env("VAR") or BASE_DIR / "var" / CITY)
(VAR / "static").mkdir(parents=True, exist_ok=True)


def trial_secret() -> str:
    """A secret key kept beside the trial's data, so that a second start keeps its sessions."""
    path = VAR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), "utf-8")
    return path.read_text("utf-8")


SECRET_KEY = env("SECRET_KEY") or (trial_secret() if TRIAL else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("JIANNUO_SECRET_KEY (or JIANNUO_SECRET_KEY_FILE) must be set when JIANNUO_TRIAL=no")
ALLOWED_HOSTS = env_list("HOSTS", "127.0.0.1,localhost,[::1]")
DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR.resolve() / 'jiannuo.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ORIGIN names the log (C2SP tlog-checkpoint: a scheme-less URL).
ORIGIN = env("ORIGIN", "localhost/jiannuo") + ("/trial" if TRIAL else "")
LOG_KEY_FILE = Path(env("LOG_KEY_PATH", str(VAR / "keys" / "log.key")))
# Beside the database, never inside it nor in its backup: see ledger/sequencer.py.
LOG_DIR = Path(env("LOG_DIR", str(VAR / "log")))
EVIDENCE_DIR = Path(env("EVIDENCE_DIR", str(VAR / "evidence")))
# Files handed in, and the open-data packages: working files, that erasure reaches.
EXCHANGE_DIR = Path(env("EXCHANGE_DIR", str(VAR / "exchange")))
# Whether hooks may call this machine itself, without TLS: for trials and tests alone.
HOOKS_LOOPBACK = env_bool("HOOKS_LOOPBACK", False)
# Whether the worker makes the open-data package of each day, in a process of its own; else `jiannuo opendata` does.
OPENDATA = env_bool("OPENDATA", True)
# Under which terms the open data may be used again: the city's decision. Empty: the package says it is not decided.
OPENDATA_LICENCE = env("OPENDATA_LICENCE")
OPENDATA_LICENCE_URL = env("OPENDATA_LICENCE_URL")
# The largest file that is taken: about two million rows of CSV.
EXCHANGE_MAX_BYTES = int(env("EXCHANGE_MAX_MB", "256")) * 1_000_000
# age public keys of the archive's custodians: what the archive law keeps is sealed to them (practice §2.6).
ARCHIVE_RECIPIENTS = env_list("ARCHIVE_RECIPIENTS")
RULEBOOK_DIR = Path(env("RULEBOOK_DIR", str(BASE_DIR / "rulebook")))
# The city's own rules are laid over the base; an operator may name other directories instead.
RULEBOOK_OVERLAYS = [Path(part) for part in env_list("RULEBOOK_OVERLAYS", str(RULEBOOK_DIR / "cities" / CITY))]

INSTALLED_APPS = [
    "jiannuo.ledger",
    "jiannuo.search",
    "jiannuo.notices",
    "jiannuo.lifecycle",
    "jiannuo.registry",
    "jiannuo.accounts",
    "jiannuo.evidence",
    "jiannuo.records",
    "jiannuo.exchange",
    "jiannuo.start",
    "jiannuo.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jiannuo.web.middleware.SecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "jiannuo.web.middleware.Refusals",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "jiannuo.urls"
WSGI_APPLICATION = "jiannuo.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "jiannuo" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["jiannuo.web.templatetags.jn"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jiannuo.web.context.site",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:work"
LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_ADAPTER = "jiannuo.accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "jiannuo.web.account_forms.SignInForm",
    "change_password": "jiannuo.web.account_forms.PasswordForm",
}
ACCOUNT_SESSION_REMEMBER = False
# Behind the wall of what axes counts: a whole county may come from one address, so these are wide.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,20/5m/key", "reauthenticate": "20/m/user"}
MFA_ADAPTER = "jiannuo.accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "jiannuo.web.account_forms.CodeForm",
    "reauthenticate": "jiannuo.web.account_forms.AgainForm",
    "activate_totp": "jiannuo.web.account_forms.SetUpForm",
}
MFA_TOTP_ISSUER = "Jiannuo"
MFA_TOTP_TOLERANCE = 1  # a clock may be off by one window (RFC 6238 §5.2); accounts/codes.py lets no code pass twice
MFA_RECOVERY_CODES_SHOW_ONCE = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = "jiannuo.accounts.lockout.parameters"
AXES_LOCKOUT_CALLABLE = "jiannuo.web.account_views.locked"
# Tries during a lock do not prolong it: the page names the minute at which it ends.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "login", "password", "oldpassword", "password1", "password2", "code"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "jiannuo" / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TRIAL
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = env_bool("HTTPS", False)
if env_bool("HTTPS", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Larger ones lie here while they are received; what a crash left behind the worker removes (lifecycle/sweeping.py).
FILE_UPLOAD_TEMP_DIR = VAR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True, mode=0o700)
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
SILENCED_SYSTEM_CHECKS: list[str] = []
