"""A desk under strain: more mentions than anybody can read, and names longer than any pane."""

from datetime import UTC, datetime

from tests.screenshots.live import enter_quickly
from tests.screenshots.outside import running
from tests.screenshots.people import LONG, flood_of_posts
from tests.screenshots.stage import SIZE, Stage

MENTIONS = 10_000
SMALL = (1180, 680)
LARGE = (2560, 1440)


def tell(stage: Stage) -> None:
    """Draw the console overloaded, with long words, small and large."""
    with running() as outside:
        enter_quickly(stage, outside, f"Mastodon {LONG}")
        desk = stage.page.desk
        stage.open_incident(f"Fire at {LONG} and everywhere between there and Riverside")
        desk.intake.accept(flood_of_posts(datetime.now(UTC), MENTIONS))
        stage.calm()
        stage.page.mentions.focus()
        stage.shoot("strain-mentions")
        stage.page.mentions.search.setText("nothing of the kind")
        stage.shoot("strain-search-empty")
        stage.page.mentions.search.clear()
        stage.fill("large-fire", {"fire_site": f"{LONG} Mill", "area_name": f"{LONG}, {LONG}"})
        stage.shoot("strain-too-long")
        stage.fill("large-fire", {"fire_site": "the mill", "area_name": LONG, "roads_closed": ""})
        stage.broadcast()
        stage.page.notice.problem(f"The feed of {LONG} cannot be reached.", "It is tried again.")
        for name, size in (("usual", SIZE), ("small", SMALL), ("large", LARGE)):
            stage.console.window.resize(*size)
            stage.shoot(f"strain-{name}")
        stage.console.window.resize(*SIZE)
        stage.console.open_settings()
        stage.shoot("strain-accounts")
        stage.close()
