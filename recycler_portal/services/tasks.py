"""Ask a person to do something."""

from datetime import datetime

import uuid_utils

from recycler_portal.domain.task import Task, TaskKind
from recycler_portal.services.ports import TaskRegister


def ask_person(  # noqa: PLR0913 - a task is these five things, and where it is kept
    organisation: str, kind: TaskKind, *, about: str, text: str, at: datetime, tasks: TaskRegister
) -> None:
    """Put a task on the list of an organisation."""
    tasks.add(
        Task(
            task_id=str(uuid_utils.uuid7()),
            organisation=organisation,
            kind=kind,
            about=about,
            text=text,
            created_at=at,
        )
    )
