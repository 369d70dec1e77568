"""The state diagrams in docs/ are those of the machines."""

from django.conf import settings
from django.core.management import call_command

from jiannuo.lifecycle.management.commands.diagrams import machines, pages

FOLDER = settings.BASE_DIR / "docs" / "states"


def test_they_are_up_to_date():
    written = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.md")}
    assert written == pages(), "run: jiannuo diagrams"


def test_every_machine_has_its_page_and_every_step_its_row():
    assert {"record", "honour", "publication"} <= {machine.name for machine in machines()}
    for machine in machines():
        text = pages()[f"{machine.name}.md"]
        assert all(f"| `{step.verb}` |" in text for step in machine.steps)
        assert all(f"    {state.name} : " in text for state in machine.states)


def test_what_is_no_longer_a_machine_is_removed(tmp_path):
    (tmp_path / "old.md").write_text("x", "utf-8")
    call_command("diagrams", to=str(tmp_path), verbosity=0)
    assert {file.name for file in tmp_path.iterdir()} == set(pages())
