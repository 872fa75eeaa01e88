"""Other languages' lengths and directions: German compounds, Welsh, and right to left."""

from PySide6.QtCore import Qt

from tests.gallery.stage import FIRE, Stage
from ui.settings.accounts_page import AccountsPage
from ui.settings.people_page import PeoplePage

DRAWS = ("german", "welsh", "mirrored")

GERMAN = {
    "fire_site": "Abfallbehandlungsanlage",
    "area_name": "Niederfinsterwaldersdorf",
    "roads_closed": "",
    "source_name": "Kreisfeuerwehr",
}
WELSH = {
    "fire_site": "Melin Rhosllannerchrugog",
    "area_name": "Llanfihangel-yng-Ngwynfa",
    "roads_closed": "",
}


def tell(stage: Stage) -> None:
    """Draw the same fire in words of other shapes."""
    stage.enter("Mastodon der Kreisverwaltungsbehörde")
    stage.begin("Großbrand Abfallbehandlungsanlage Niederfinsterwaldersdorf")
    for language, values in (("german", GERMAN), ("welsh", WELSH)):
        stage.fill("large-fire", FIRE | values)
        stage.page.broadcast.focus()
        stage.shoot(f"{language}-ready")
        stage.broadcast()
        stage.shoot(f"{language}-sent")
    stage.app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        _mirrored(stage)
    finally:
        stage.app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def _mirrored(stage: Stage) -> None:
    stage.fill("large-fire", FIRE)
    stage.page.mentions.focus()
    stage.shoot("mirrored-ready")
    stage.broadcast()
    stage.shoot("mirrored-sent")
    stage.console.open_settings()
    stage.current(AccountsPage)
    stage.shoot("mirrored-accounts")
    stage.leave_settings()
    stage.console.open_people()
    stage.current(PeoplePage)
    stage.shoot("mirrored-people")
    stage.leave_settings()
    stage.console.window.show_page(stage.console.start_page)
    stage.shoot("mirrored-start")
    stage.console.window.show_page(stage.page)
