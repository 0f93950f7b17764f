"""What the parts of the page need that look into layers: the digits that a network is shown, and what its units make of them."""

from core.explain.units import LayerLook, look_at
from core.scores.thousand import Thousand, thousand, thousand_name
from dashboard import shared
from dashboard.say import say


def shown_to(name: str) -> Thousand:
    """The digits that the network of this name is shown: about a thousand, kept once for all networks."""
    source = thousand_name(shared.model(name))
    digits = shared.caches().test_digits.get(("thousand", source), lambda: thousand(source).digits)
    return Thousand(digits, bundled=not source)


def layer_look(name: str, layer: int) -> LayerLook:
    """What the digits make of a layer of this network."""
    digits = shown_to(name).digits
    return shared.of_network(
        shared.caches().layers, name, (layer, digits.sha256), lambda: look_at(shared.model(name), digits, layer)
    )


def which_digits(shown: Thousand) -> str:
    """Which digits these are, as a sentence of its own."""
    if shown.bundled:
        return say(
            "It is shown the {n} test digits that come with Digit Lab: MNIST is not on this computer.",
            n=len(shown.digits),
        )
    return say("It is shown {n:,} test digits, up to a hundred of each.", n=len(shown.digits))


def layer_name(layer: int) -> str:
    return say("Layer {number}", number=layer + 1)
