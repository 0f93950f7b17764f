"""What every sentence about digits and shares needs: the article before a digit, and a share that is never rounded to all."""

ALMOST_ALL, HARDLY_ANY = 0.9995, 0.0005  # shares that one decimal of a per cent would round to 100.0 and to 0.0


def a(digit: int) -> str:
    """A digit with its article: "a 4", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def share(value: float) -> str:
    """A share in 0..1 as it stands in a sentence: "99.4 %"; only all is "100 %", and only nothing is "0 %"."""
    if value >= 1:
        return "100 %"
    if value >= ALMOST_ALL:
        return "more than 99.9 %"
    if value >= HARDLY_ANY:
        return f"{100 * float(value):.1f} %"
    return "less than 0.1 %" if value > 0 else "0 %"


def probability(value: float) -> str:
    """The same for a network's probability, which is never certain, even where its number has been rounded to 1."""
    return share(min(float(value), 0.99999))
