"""A desk under strain: more mentions than anybody can read, and names longer than any pane."""

from tests.gallery.people import LONG, flood_of_posts
from tests.gallery.stage import Stage
from tests.gallery.studio import SIZE

DRAWS = ("strain",)
MENTIONS = 10_000
SMALL, LARGE = (1180, 680), (2560, 1440)


def tell(stage: Stage) -> None:
    """Draw the console overloaded, with long words, small and large."""
    stage.enter(f"Mastodon {LONG}")
    page, window = stage.page, stage.console.window
    stage.open_incident(f"Fire at {LONG} and everywhere between there and Riverside")
    page.desk.intake.accept(flood_of_posts(stage.clock.now(), MENTIONS))
    stage.calm()
    page.mentions.focus()
    stage.shoot("strain-mentions")
    stage.fill("large-fire", {"fire_site": f"{LONG} Mill", "area_name": f"{LONG}, {LONG}"})
    stage.shoot("strain-too-long")
    stage.fill("large-fire", {"fire_site": "the mill", "area_name": LONG, "roads_closed": ""})
    stage.broadcast()
    page.notice.problem(f"The feed of {LONG} cannot be reached.", "It is tried again.")
    for name, size in (("usual", SIZE), ("small", SMALL), ("large", LARGE)):
        window.resize(*size)
        stage.shoot(f"strain-{name}")
    window.resize(*SIZE)
    stage.console.open_settings()
    stage.shoot("strain-accounts")
