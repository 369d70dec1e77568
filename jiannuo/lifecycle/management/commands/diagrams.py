"""`jiannuo diagrams`: docs/states/*.md from the machines, so that no drawing says what the code does not do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from jiannuo.lifecycle.machine import Machine, Step, role_title
from jiannuo.lifecycle.rooms import offers
from jiannuo.rules import book


class Command(BaseCommand):
    help = "Write the state diagrams of all machines into docs/states/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", default=str(settings.BASE_DIR / "docs" / "states"))

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        folder = Path(to)
        folder.mkdir(parents=True, exist_ok=True)
        wanted = pages()
        for file in folder.glob("*.md"):
            if file.name not in wanted:
                file.unlink()
        for name, text in wanted.items():
            (folder / name).write_text(text, "utf-8")
        self.stdout.write(f"{len(wanted)} machines in {folder}")


def machines() -> Iterator[Machine]:
    """The machines of every installed room, by name."""
    found = {one.name: one for room in offers("kinds") for one in vars(room).values() if isinstance(one, Machine)}
    return iter(found[name] for name in sorted(found))


def pages() -> dict[str, str]:
    """File name → text, one page a machine. In English, so that the pages do not change with the catalogue."""
    with translation.override("en"):
        return {f"{machine.name}.md": page(machine) for machine in machines()}


def page(machine: Machine) -> str:
    """The drawing (Mermaid) and its table."""
    lines = [
        f"# The life of a {machine.name}",
        "",
        "Made by `jiannuo diagrams` from the table in `kinds`; do not edit.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {machine.initial}",
    ]
    lines += [f"    {state.name} : {state.name}<br/>{state.label}" for state in machine.states]
    lines += [f"    {source} --> {target} : {verbs}" for (source, target), verbs in sorted(_arrows(machine).items())]
    closed = [state.name for state in machine.states if not any(_leads_on(step, state.name) for step in machine.steps)]
    lines += [f"    {name} --> [*]" for name in closed]
    lines += [
        "```",
        "",
        "| step | from | to | who | clock | what must hold | what it does |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(step) for step in machine.steps]
    return "\n".join(lines) + "\n"


def _arrows(machine: Machine) -> dict[tuple[str, str], str]:
    verbs: dict[tuple[str, str], list[str]] = {}
    for step in machine.steps:
        for source in step.source:
            if step.target is not None:
                verbs.setdefault((source, step.target), []).append(step.verb)
    return {way: ", ".join(names) for way, names in verbs.items()}


def _leads_on(step: Step, state: str) -> bool:
    return state in step.source and step.target is not None


def _row(step: Step) -> str:
    clock = book().terms[step.term].title.en if step.term else ""
    musts = [need.__name__ for need in step.needs]
    musts += [f"not the person of {column}" for column in step.differs_from]
    cells = [
        f"`{step.verb}`",
        ", ".join(step.source),
        step.target or "(stays)",
        ", ".join("by itself" if role == "system" else str(role_title(role)) for role in step.role),
        f"{clock} (from {step.clock_from})" if step.clock_from else clock,
        ", ".join(musts).replace("_", " "),
        str(step.effect),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
