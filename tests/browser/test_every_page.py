"""What holds for every page: it is complete, can be read by everybody, by keyboard too, and does not jump as it comes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.words import PAGES
from tests.browser.app import no_traceback, settle

axe = pytest.importorskip("axe_playwright_python", reason="no axe: install requirements-dev.txt")

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
MOST_SHIFT = 0.1  # of layout on loading: "good" in Google's measure
SIZES = {"1280": (1280, 900), "390": (390, 664)}
WATCH = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
POLICY = """
    window.forbidden = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
        window.forbidden.push(`${violatedDirective} ${blockedURI} ${sourceFile}`);
    });
"""
FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at?.getAttribute("aria-label") || at?.textContent || "";
}"""


def _at(address: str, name: str) -> str:
    return f"{address}/{'' if name == 'draw' else PAGES[name].path or name}"


@pytest.fixture(params=SIZES)
def fresh(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A visitor's page at a desktop's and at a phone's size, which counts how far its parts are moved."""
    width, height = SIZES[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=width < 600, is_mobile=width < 600
    )
    context.add_init_script(WATCH + POLICY)
    yield context.new_page()
    context.close()


def still(page: Page) -> None:
    """Wait until nothing has been moved or added for half a second."""
    page.evaluate(
        """() => new Promise((still) => {
            let last = setTimeout(still, 500);
            new MutationObserver(() => { clearTimeout(last); last = setTimeout(still, 500); })
                .observe(document.body, { subtree: true, childList: true, attributes: true });
        })"""
    )


@pytest.mark.parametrize("name", [name for name in PAGES if name != "draw"])
def test_nothing_jumps_while_a_page_comes(fresh: Page, address: str, name: str) -> None:
    fresh.goto(_at(address, name))
    settle(fresh)
    still(fresh)
    shifted = fresh.evaluate("window.shifted")
    assert shifted < MOST_SHIFT, f"{name}: the layout shifted by {shifted:.3f}"
    assert fresh.evaluate("window.forbidden") == []


def test_nothing_of_the_first_page_is_forbidden_by_its_policy(page: Page, address: str) -> None:
    page.add_init_script(POLICY)
    policy = page.goto(address).headers["content-security-policy"]
    settle(page)
    assert "script-src 'self'" in policy and page.evaluate("window.forbidden") == []


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def complete(page: Page, name: str) -> None:
    """The page says what it is, without a traceback, and is no wider than its window."""
    no_traceback(page)
    expect(page.locator("h1")).to_have_text(PAGES[name].heading)
    expect(page.get_by_test_id("stMain").get_by_text(PAGES[name].sentence)).to_be_visible()
    overflow = page.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth - main.clientWidth")
    assert overflow <= 0, f"the page is {overflow} pixels wider than the window"


@pytest.mark.parametrize("scheme, sizes", [("light", ("1280", "390")), ("dark", ("390", "1280"))])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_complete_and_axe_finds_nothing_serious(
    page: Page, address: str, name: str, scheme: str, sizes: tuple[str, str]
) -> None:
    """It comes to a wide window in light colours and to a narrow one in dark ones, and then the window is changed."""
    page.emulate_media(color_scheme=scheme)
    for number, (width, height) in enumerate(SIZES[size] for size in sizes):
        page.set_viewport_size({"width": width, "height": height})
        if number == 0:
            page.goto(_at(address, name))
            settle(page)
        still(page)
        complete(page, name)
        assert serious(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def test_tab_comes_to_a_field_before_its_help_and_goes_down_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}/train")
    settle(page)
    expect(page.get_by_label("Batch size", exact=True)).to_be_visible()
    page.get_by_role("combobox", name="Start from").focus()
    seen = []
    for _ in range(14):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
    fields = [label for label in seen if f"Help for {label}" in seen]
    assert len(fields) >= 4, seen
    assert all(seen.index(f"Help for {label}") == seen.index(label) + 1 for label in fields), seen


def test_what_runs_across_the_page_is_met_from_top_to_bottom(page: Page, address: str) -> None:
    page.goto(f"{address}/mistakes?model=small")
    settle(page)
    expect(page.get_by_role("grid").get_by_role("button")).to_have_count(100)
    still(page)
    page.locator(".st-key-network button").first.focus()
    heights = []
    for _ in range(60):
        page.keyboard.press("Tab")
        inside, across, height = page.evaluate(
            """() => {
                const at = document.activeElement;
                const scrolled = document.querySelector("[data-testid=stMain]").scrollTop;
                const inside = at.closest("[data-testid=stMain]") !== null;
                const across = inside && at.closest("[data-testid=stColumn], .st-key-explored") === null;
                const part = at.closest("[data-testid=stElementContainer]") ?? at;  // a control and its help are one
                return [inside, across, Math.round(part.getBoundingClientRect().y + scrolled)];
            }"""
        )
        if not inside:  # at the page's end, and on to the browser's own buttons
            break
        heights += [height] * across
    assert len(heights) >= 3 and heights == sorted(heights), heights  # the table, and the two links at the foot
