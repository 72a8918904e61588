"""Ask a person to do something."""

from datetime import datetime

import uuid_utils

from passport.domain.actor import Actor
from recycler_portal.domain.task import Task, TaskKind
from recycler_portal.services.ports import TaskRegister, YardWork
from recycler_portal.services.rights import INTAKE_SCOPE, require_yard


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


def close_task(actor: Actor, task_id: str, *, work: YardWork) -> None:
    """Take a task off the list; a hold stays until the battery is released.

    Raises:
        AccessDeniedError: The actor neither collects nor treats waste batteries.
        TaskNotFoundError: The actor's organisation has no such open task.
    """
    require_yard(actor, INTAKE_SCOPE)
    work.tasks.close(actor.organisation, task_id, by=actor.name, at=work.clock.now())
