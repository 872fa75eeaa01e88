"""What a review shows of a log in figures: its incidents beside others, and its months."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from crisisdesk.config import Paths, load_settings
from crisisdesk.model.benchmark import Episode
from crisisdesk.model.month import Month
from crisisdesk.rules.benchmarks.episodes import Source
from crisisdesk.rules.benchmarks.page import benchmarks_page
from crisisdesk.rules.jsonl import readable
from crisisdesk.rules.showing import one_line
from crisisdesk.services import logbooks
from crisisdesk.services.benchmarking import Episodes, read_episodes
from crisisdesk.services.monthly import Monthly, read_months
from crisisdesk.services.replaying import Replaying
from crisisdesk.system.page_files import write_page

BROKEN = "This log does not verify: its figures prove nothing."
MOST_INCIDENTS, LONGEST_NAME = 200, 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One page that can be shown: an incident's, or a month's."""

    words: str
    file: str
    episode: Episode | None = None
    month: Month | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A log that was read for its figures. `doubts` are said on every page."""

    episodes: Episodes
    monthly: Monthly
    organisation: str
    doubts: tuple[str, ...]

    @property
    def exercise(self) -> bool:
        """Whether the log is of an exercise."""
        return self.monthly.exercise

    def choices(self) -> list[Choice]:
        """The incidents, the newest first, then the months."""
        newest = self.episodes.own[::-1][:MOST_INCIDENTS]
        return [_of_one(each) for each in newest] + [
            _of_month(each) for each in self.monthly.months
        ]

    def page(self, choice: Choice) -> str:
        """A page as HTML."""
        if choice.month:
            desk = "" if self.exercise else self.organisation
            return self.monthly.page(choice.month, desk, self.doubts)
        assert choice.episode is not None  # noqa: S101 - a choice has one or the other
        rows = self.episodes.beside(choice.episode)
        return benchmarks_page(choice.episode, rows, self.doubts)


def _of_one(one: Episode) -> Choice:
    local = one.began.astimezone()
    name = one_line(f"{one.ref} {one.name}".strip(), LONGEST_NAME)
    words = f"Benchmarks: {name}, {local.day} {local:%B %Y}"
    return Choice(words, f"benchmarks-{one.ref or 'exercise'}", episode=one)


def _of_month(month: Month) -> Choice:
    return Choice(f"Month: {month.words}", f"month-{month}", month=month)


def read_figures(path: Path, beside: Sequence[Path] = ()) -> Figures:
    """Read a log, and others to compare it with. Raises CrisisDeskError."""
    settings = load_settings(Paths(path).settings).settings
    with ExitStack() as stack:
        source, *others = [stack.enter_context(_opened(each)) for each in (path, *beside)]
        episodes = read_episodes(source, others)
        monthly = read_months(source, path, settings.practice_days)
    intact = logbooks.verify_logbook(path).intact
    return Figures(episodes, monthly, settings.organisation, () if intact else (BROKEN,))


@contextmanager
def _opened(path: Path) -> Iterator[Source]:
    with closing(Replaying(logbooks.locate(path))) as log:
        yield lambda: (readable(seq, body) for seq, body in log.bodies())


def write_figures(page: str, out: Path) -> str:
    """Write a page by the file's kind; what was done, in words. Raises CrisisDeskError."""
    made = write_page(page, out, as_pdf=out.suffix == ".pdf")
    return f"Written to {made.file}." + (f" It is no PDF: {made.why}" if made.why else "")
