"""What counts as done in an exercise when nothing leaves the building."""

from crisisdesk.store.deeds import Deeds
from tests.town import SENDER, Town


def test_a_message_given_to_somebody_to_post_was_said_and_is_written_down(town: Town) -> None:
    alert = town.compose("masto", "mail")
    town.handing_over.hand_over(alert.id, ("masto", "mail"), "Sam Reed", "by phone", SENDER)
    done = [each for each in Deeds(town.database).so_far() if each.do != "open_incident"]
    said, noted = done
    assert (said.do, said.text, said.template) == ("broadcast", "alert", alert.template_id)
    assert (noted.do, noted.text) == ("note", "posted by hand: Sam Reed")
