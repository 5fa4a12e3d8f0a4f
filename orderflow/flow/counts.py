"""What every hop holds at one moment."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Counts:
    """None where the server did not answer, or nothing was stored lately.

    Freshness is the time from MySQL's commit to PostgreSQL's, in milliseconds.
    """

    orders: int | None = None
    lines: int | None = None
    captured: int | None = None
    processed: int | None = None
    dead_letters: int | None = None
    stored: int | None = None
    stored_lines: int | None = None
    fresh_p50_ms: float | None = None
    fresh_p99_ms: float | None = None

    def known_since(self, earlier: "Counts") -> "Counts":
        """Return these counts with the gaps filled from earlier ones, save the freshness: that is of now only."""
        gaps = {
            name: value
            for name, value in vars(earlier).items()
            if getattr(self, name) is None and not name.startswith("fresh_")
        }
        return replace(self, **gaps)
