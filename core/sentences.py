"""What every sentence about digits and shares needs: the article before a digit, and a share that is never rounded to all.

They are messages, to be put as values into sentences.
"""

from core.messages import Message, message

ALMOST_ALL, HARDLY_ANY = 0.9995, 0.0005  # shares that one decimal of a per cent would round to 100.0 and to 0.0


def a(digit: int) -> Message:
    """A digit with its article: "a 4", "an 8"."""
    return message("an {digit}", digit=digit) if digit == 8 else message("a {digit}", digit=digit)


def share(value: float) -> Message:
    """A share in 0..1 as it stands in a sentence: "99.4 %"; only all is "100 %", and only nothing is "0 %"."""
    if value >= 1:
        return message("100 %")
    if value >= ALMOST_ALL:
        return message("more than 99.9 %")
    if value >= HARDLY_ANY:
        return message("{percent:.1f} %", percent=100 * float(value))
    return message("less than 0.1 %") if value > 0 else message("0 %")


def fine_share(value: float) -> Message:
    """A share where hundredths of a per cent count, as in a table of scores: "97.29 %"."""
    return message("{percent:.2f} %", percent=100 * float(value))


def probability(value: float) -> Message:
    """The same for a network's probability, which is never certain, even where its number has been rounded to 1."""
    return share(min(float(value), 0.99999))
