"""How a route comes to the portal of its application."""

from collections.abc import Iterable
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request

from recycler_portal.portal import Portal


def routes_of(portal: Portal, routers: Iterable[APIRouter]) -> APIRouter:
    """Return routes that all answer for one portal."""

    async def hand_out(request: Request) -> None:
        request.state.recycler_portal = portal

    joined = APIRouter(dependencies=[Depends(hand_out)])
    for router in routers:
        joined.include_router(router)
    return joined


def _current_portal(request: Request) -> Portal:
    return cast("Portal", request.state.recycler_portal)


CurrentPortal = Annotated[Portal, Depends(_current_portal)]
