"""Fingers and pens, as the browser's own debugging protocol puts them on the glass."""

from playwright.sync_api import CDPSession, Page

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
Point = tuple[float, float]


def protocol(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def swipe(page: Page, *points: Point) -> None:
    """Put a finger on the first point, draw it over the others and lift it."""
    session = protocol(page)
    touch(session, "touchStart", points[0])
    for point in points[1:]:
        touch(session, "touchMove", point)
    touch(session, "touchEnd")


def touch(session: CDPSession, kind: str, *points: Point) -> None:
    """Say where all fingers are now: touchStart, touchMove, touchEnd or touchCancel."""
    touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def pen(page: Page, *points: Point) -> None:
    """Draw a line over the points with a pen."""
    session = protocol(page)

    def send(kind: str, x: float, y: float, buttons: int) -> None:
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1}
        session.send("Input.dispatchMouseEvent", event | {"pointerType": "pen"})

    send("mousePressed", *points[0], 1)
    for point in points[1:]:
        send("mouseMoved", *point, 1)
    send("mouseReleased", *points[-1], 0)
