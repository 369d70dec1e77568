"""Posts of a body and who held them. Names of officials are internal: every look at this page is noted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from jiannuo.accounts.models import Role
from jiannuo.ledger import actions as ledger
from jiannuo.lifecycle.refused import Refused
from jiannuo.registry import actions
from jiannuo.registry.models import Body, Occupancy, Post
from jiannuo.web.middleware import status_of

from .registry import body_of, keeper, who
from .registry_forms import AppointForm, LeaveForm, PostForm, RegistryForm


@require_GET
def posts(request: HttpRequest, pk: int) -> HttpResponse:
    """Posts and holders over time, for the keeper and for the head of the credit office."""
    return _page(request, body_of(pk))


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new post."""
    body = body_of(pk)
    by, today = keeper(request, body)
    form = PostForm(request.POST, today=today, body=body)

    def act(typed: dict[str, Any]) -> None:
        actions.add_post(body, typed["title"], is_head=typed["is_head"], by=by, on=today)

    return _do(request, body, form, act, "post")


@require_POST
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody takes the post; whoever held it leaves it that day."""
    post = get_object_or_404(Post.objects.select_related("body"), pk=pk)
    body = body_of(post.body_id)
    by, today = keeper(request, body)
    form = AppointForm(request.POST, mark=f"-{pk}", today=today, body=body)

    def act(typed: dict[str, Any]) -> None:
        who_takes = {"official": typed.get("official"), "document": typed["document"]}
        actions.appoint(post, typed["name"], **who_takes, by=by, on=typed["on"])

    return _do(request, body, form, act, f"appoint-{pk}")


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever holds the post leaves it; the post stays."""
    row = get_object_or_404(Occupancy.objects.select_related("post"), pk=pk)
    body = body_of(row.post.body_id)
    by, today = keeper(request, body)
    form = LeaveForm(request.POST, mark=f"-{pk}", today=today, body=body)
    return _do(request, body, form, lambda typed: actions.leave(row, by=by, on=typed["on"]), f"leave-{pk}")


def _do(
    request: HttpRequest, body: Body, form: RegistryForm, act: Callable[[dict[str, Any]], Any], name: str
) -> HttpResponse:
    fault, status = None, 422
    if form.is_valid():
        try:
            act(form.cleaned_data)
            return redirect("desk:posts", body.pk)
        except Refused as refused:
            fault, status = form.place(refused), status_of(refused)
    return _page(request, body, status=status, faulty=name, form=form, fault=fault)


def _page(
    request: HttpRequest, body: Body, *, status: int = 200, faulty: str = "", form: Any = None, fault: Any = None
) -> HttpResponse:
    actor, today = who(request)
    may = actions.keeps(actions.Entering(actor, today), body.pk, today)
    if not may and Role.HEAD not in actor.roles_on(body.pk, today):
        raise Refused(
            "registry.not_your_role",
            _("The names of officials are internal."),
            allowed=_("The keeper of the registry and the head of the credit office see them; all see the posts."),
        )
    exists = body.ended is None or body.ended > today
    may = may and exists
    rows = []
    for post in body.posts.order_by("-is_head", "id").prefetch_related("occupancies__official"):
        held = sorted(post.occupancies.all(), key=lambda one: (one.since, one.pk))
        now = next((one for one in held if one.until is None or one.until > today), None)
        row: dict[str, Any] = {"post": post, "held": held, "now": now}
        if may:
            row["appoint"] = _form(AppointForm, f"appoint-{post.pk}", faulty, form, post.pk, today, body)
            row["appoint_open"] = faulty == f"appoint-{post.pk}"
            if now and now.until is None:
                row["leave"] = _form(LeaveForm, f"leave-{now.pk}", faulty, form, now.pk, today, body)
                row["leave_open"] = faulty == f"leave-{now.pk}"
        rows.append(row)
    if any(row["held"] for row in rows):
        ledger.look(actor.ref, body.ref, "officials", on=today)
    facts = {
        "section": "bodies",
        "body": body,
        "rows": rows,
        "may": may,
        "post_form": form if faulty == "post" else PostForm(today=today, body=body),
        "post_open": faulty == "post",
        "fault": fault,
    }
    return render(request, "desk/bodies/posts.html", facts, status=status)


def _form(kind: Any, name: str, faulty: str, form: Any, mark: int, today: Any, body: Body) -> Any:
    return form if faulty == name else kind(initial={"on": today}, mark=f"-{mark}", today=today, body=body)
