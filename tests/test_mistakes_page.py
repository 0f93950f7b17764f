"""The Mistakes page as an app without a browser: what it says of matrix, labels and digits, and what its URL holds."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.catalog import find_model, load_model
from core.datasets import Dataset, load_training, uploads
from core.explain import maps
from core.explain.back_query.kept import file_hash
from core.explain.maps import fitted, inside
from core.explain.plane import lay_out
from core.explain.regions import told_by
from core.folders import PROJECT
from core.heldout.labels import flipped
from core.scores.confident import DoubtfulLabel, doubtful_labels
from core.scores.evaluation import Evaluation, digits_of, evaluate, evaluate_on, explored
from core.scores.hard import COUNT, hardest
from core.scores.labels import DOUBTFUL
from core.scores.misread import shipped_evaluation, written
from core.scores.orders import ORDERS, ordered
from core.scores.pairs import most_different, pair
from core.scores.risk import answered
from core.scores.slices import classes, slices, worst
from core.scores.telling import most_telling
from core.teach.samples import Sample, as_dataset
from dashboard import shared
from dashboard.look import charts
from dashboard.look.confusion import LEAST_CONTRAST, contrast, difference_colours
from dashboard.mistakes.digit_map.loop import corners_in
from dashboard.mistakes.doubted import as_table
from dashboard.mistakes.inside import two_answers
from dashboard.mistakes.labels import say_doubt
from dashboard.mistakes.matrix import COLUMNS, ROWS, numbers
from dashboard.mistakes.quiz import Quiz, result
from dashboard.mistakes.quiz_end import by_people
from dashboard.mistakes.window import first
from dashboard.shared import jobs
from tests.waiting import until


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate_on(load_model("small"), "digits")


@pytest.fixture
def open_page(runs_dir) -> Callable[..., AppTest]:
    def open_at(**query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params.update({"model": "small"} | query)
        return app.switch_page("dashboard/pages/mistakes.py").run()

    return open_at


def said(app: AppTest) -> str:
    assert not app.exception, app.exception
    return "\n".join(text.value for text in [*app.markdown, *app.caption])


def test_the_matrix_in_per_cent() -> None:
    counts = np.zeros((10, 10), int)
    counts[3, 3], counts[3, 5], counts[4, 5] = 2_999, 1, 3
    rows, columns = numbers(counts, ROWS), numbers(counts, COLUMNS)
    assert (
        rows[3][3] == "99.9" and rows[3][5] == "0.1" and rows[4][5] == "100" and rows[3][4] == "" and rows[0][0] == "0"
    )
    assert columns[3][5] == "25.0" and columns[4][5] == "75.0" and columns[3][3] == "100"


def test_what_is_most_telling_is_said_and_the_way_is_in_the_url(open_page, evaluation: Evaluation) -> None:
    app = open_page()
    assert str(most_telling(evaluation.confusion())[0]) in said(app)
    assert "people" not in said(app)  # these digits' labels are nobody's doubt
    app.segmented_control(key="as").set_value("rows").run()
    assert app.query_params["as"] == "rows"
    assert "What the link names" in open_page(**{"as": "nonsense"}).warning[0].value


@pytest.fixture
def no_mnist(monkeypatch, data_dir) -> None:
    monkeypatch.delenv("MNIST_DIR", raising=False)


def test_without_mnist_the_mistakes_of_a_shipped_network_are_there(open_page, no_mnist) -> None:
    app = open_page(model="default", true="5", answer="3", digit="5937")
    assert "9,945 of 10,000 test digits right" in said(app) and "9,944 of 9,995 right" in said(app)
    assert "the 55 digits that it misread of 10,000" in said(app)
    assert "MNIST says 5. Five people were asked: three for a 3" in said(app) and "Test digit number 5937" in said(app)
    assert "Its label says **5**. The network says **3**" in said(app) and "A question mark:" in said(app)
    assert [button.key for button in app.button].count("download-mnist") == 1
    app.selectbox(key="answer").set_value("5").run()  # fives that it reads are among those that others misread
    confusion = shipped_evaluation(load_model("default"), file_hash(find_model("default"))).confusion()
    here = int(re.search(r"\*\*([\d,]+) times, a 5 was read right", said(app)).group(1).replace(",", ""))
    more = int(re.search(r"([\d,]+) more like these", said(app)).group(1).replace(",", ""))
    assert here + more == confusion[5, 5]


def test_without_mnist_two_shipped_networks_are_held_against_each_other(open_page, no_mnist) -> None:
    app = open_page(model="default", view="pair")
    assert "It reads 256 that the other does not, and the other 28 that it does not" in said(app)
    assert "The good reader gets 9,944 of 9,995 right, and The simple reader 9,7" in said(app)
    app = open_page(model="default", view="map", loop="0.0.1000.0.1000.500.0.500")
    low = re.search(r"([\d,]+) digits in the loop; misread: (\d+)", said(app))
    assert low and int(low[1].replace(",", "")) > 3_000 and 0 < int(low[2]) < 55 and "mixed most" in said(app)
    assert re.search(r"The pictures of \d,\d+ of these come with MNIST", said(app))
    app = open_page(model="default", view="you")
    app.button(key="quiz-begin").click().run()
    assert "Digit **1** of 20" in said(app)
    found = shipped_evaluation(load_model("default"), file_hash(find_model("default")))
    labels = found.data.labels[app.session_state["_quiz"].places]
    app.session_state["_quiz"].answers = [(label + 1) % 10 for label in labels.tolist()]
    app.run()  # what both got wrong is shown, without the training digits that are like it
    page = "".join(each.proto.body for each in app.get("html"))
    part = page[page.index('data-testid="both-wrong"') : page.index('data-testid="quiz-end"')]
    assert part.count("The network: ") > 5 and "<figcaption" not in part and "needs MNIST" in said(app)


def test_people_say_what_they_see() -> None:
    assert say_doubt(DOUBTFUL[5937]) == (
        "**A doubtful label**: MNIST says 5. Five people were asked: three for a 3, one for a 5 and one for neither."
    )
    assert "asked: all five for a 9." in say_doubt(DOUBTFUL[947])
    assert "asked: two for a 9, two for a 4 and one for neither." in say_doubt(DOUBTFUL[2130])
    assert "asked: two for a 6, none for a 3 and three for neither." in say_doubt(DOUBTFUL[9679])
    assert "asked: three for a 6 and two for a 0." in say_doubt(DOUBTFUL[1621])


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_both_scores_and_the_votes_stand_on_the_page(open_page, mnist_dir) -> None:
    app = open_page(model="default", true="5", answer="3", digit="5937")
    assert "of 10,000 test digits right" in said(app) and "of 9,995 right" in said(app)
    assert "MNIST says 5. Five people were asked: three for a 3" in said(app)


def shown(app: AppTest) -> str:
    """How many digits the page says that it shows."""
    return next(text.value for text in app.markdown if re.match(r"\*\*(\d|Once|One|No )", text.value))


def test_filters_count_what_they_say_and_stand_in_the_url(open_page, evaluation: Evaluation) -> None:
    right = evaluation.answers == evaluation.data.labels
    app = open_page(which="all")
    assert shown(app) == f"**{len(right):,} digits**"
    app.selectbox(key="sure").set_value("50-90").run()
    between = (evaluation.confidence >= 0.5) & (evaluation.confidence < 0.9)
    assert shown(app) == f"**{between.sum():,} digits**"
    app.selectbox(key="kind").set_value("0.0").run()
    parts, which = classes(evaluation.data)["thickness"]
    assert shown(app) == f"**{(between & (which == 0)).sum():,} digits**" and parts[0] == "thin"
    app.selectbox(key="true").set_value("8").run()
    assert shown(app).startswith(f"**{(between & (which == 0) & (evaluation.data.labels == 8)).sum():,} ")
    assert {key: app.query_params[key] for key in ("which", "sure", "kind", "true")} == {
        "which": "all", "sure": "50-90", "kind": "0.0", "true": "8",
    }  # fmt: skip
    app.button(key="all-mistakes").click().run()
    assert shown(app) == f"**{(~right).sum():,} mistakes**" and "sure" not in app.query_params


@pytest.mark.parametrize("order", [order for order in ORDERS if order != "odd"])
def test_the_first_of_an_order_is_shown_in_full(open_page, evaluation: Evaluation, order: str) -> None:
    first = ordered(evaluation, evaluation.mistakes(), order)[0]
    assert f"Test digit number {first}" in said(open_page(order=order))


def test_the_most_unusual_first(open_page, evaluation: Evaluation) -> None:
    far = lay_out(load_model("small"), evaluation.data).unusual
    first = max(evaluation.mistakes(), key=lambda index: far[index])
    assert f"Test digit number {first}" in said(open_page(order="odd"))


def test_a_look_inside_a_digit(open_page) -> None:
    app = open_page(look="evidence")
    assert "Blue pixels speak for one answer" in said(app)
    app.segmented_control(key="look").set_value("like").run()
    assert "training digits that the network finds most like it" in said(app)
    app.segmented_control(key="look").set_value("others").run()
    assert "No other network" in said(app)  # all others read larger pictures


def test_the_two_answers_that_are_held_against_each_other(evaluation: Evaluation) -> None:
    wrong = int(evaluation.mistakes()[0])
    assert two_answers(evaluation, wrong) == (int(evaluation.answers[wrong]), int(evaluation.data.labels[wrong]))
    right = int(np.flatnonzero(evaluation.answers == evaluation.data.labels)[0])
    first, second = np.argsort(-evaluation.probabilities[right])[:2]
    assert two_answers(evaluation, right) == (first, second)


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_other_networks_say_what_they_read(open_page, mnist_dir) -> None:
    app = open_page(model="blog", look="others")
    assert app.table[0].value.shape == (3, 3)  # the good reader's, the backward one's, and its own answer


def test_by_handwriting_each_part_leads_to_its_digits(open_page, evaluation: Evaluation) -> None:
    app = open_page(view="kinds", which="all")
    found = worst(evaluation, slices(evaluation))
    assert found is not None and str(found.message).replace(" %", "\xa0%") in said(app)
    divided = slices(evaluation)
    number, table = [each.name for each in divided].index(found.slice), app.table[0].value
    assert app.segmented_control(key="slice").value == str(number)  # the worst is shown first
    assert table["wrong"].astype(int).sum() == len(divided) * len(evaluation.mistakes())
    assert table["how many"].tolist() == [str(part.n) for each in divided for part in each.parts if part.n]
    app.segmented_control(key="slice").set_value("0").run()
    app.button(key="part-0.2").click().run()
    thick = divided[0].parts[2]
    assert shown(app) == f"**{thick.n:,} digits**" and app.query_params["kind"] == "0.2"
    app = open_page(view="kinds", kind="6.1")  # whoever looks at plain sevens sees them beside crossed ones
    assert app.segmented_control(key="slice").value == "6" and app.button(key="part-6.1")


def test_what_is_gained_by_not_knowing(open_page, evaluation: Evaluation) -> None:
    app = open_page(view="doubt")
    app.select_slider(key="silent").set_value("10").run()
    found = answered(evaluation, 0.1)
    assert f"({found.silent:,})" in said(app) and f"**{len(found.mistakes)} mistakes remain**" in said(app)
    assert app.query_params["silent"] == "10"
    wrong = evaluation.answers != evaluation.data.labels
    app.segmented_control(key="outcome").set_value("lost").run()
    assert shown(app) == f"**{(~wrong[found.about]).sum()} digits that it would have read right**"
    app.segmented_control(key="outcome").set_value("caught").run()
    assert shown(app) == f"**{found.caught} mistakes are caught**" and app.query_params["outcome"] == "caught"
    assert f"Test digit number {ordered(evaluation, found.about[wrong[found.about]], 'sure')[0]}" in said(app)
    app.select_slider(key="silent").set_value("2").run()
    assert "One mistake is caught" in said(app)
    app = open_page(view="doubt", silent="10", digit=str(found.mistakes[0]))
    assert f"Test digit number {found.mistakes[0]}" in said(app)
    app.segmented_control(key="outcome").set_value(
        "caught"
    ).run()  # the digit that was shown is none of these, nor missed
    assert f"Test digit number {found.mistakes[0]}" not in said(app) and not app.warning
    assert f"it is silent about {found.silent - found.caught} that it would have read right" in said(app)
    sure = evaluation.confidence > 0.99
    assert f"Of {sure.sum()} answers that it is more than 99\N{NO-BREAK SPACE}% sure of" in said(app)
    assert (
        f"sure of, {(sure & wrong).sum()} turned out wrong; of {(~sure).sum()} others, {(~sure & wrong).sum()}."
        in said(app)
    )
    assert sum(int(count) for count in app.table[1].value["wrong"]) == wrong.sum()


def test_a_round_against_the_network(open_page, evaluation: Evaluation) -> None:
    app = open_page(view="you")
    app.button(key="quiz-begin").click().run()
    places = app.session_state["_quiz"].places
    assert len(set(places)) == COUNT and set(places) <= set(hardest(evaluation))
    for place in places:
        app.button(key=f"quiz-{evaluation.data.labels[place]}").click().run()
    its = evaluation.answers[places] == evaluation.data.labels[places]
    assert result(np.ones(COUNT, bool), its) in said(app) and "**You** read 20 of 20 right" in said(app)
    assert "Both got 0 of them wrong." in said(app) and "What both got wrong" not in said(app)
    assert app.table[0].value["right"].tolist() == ["20 of 20", f"{its.sum()} of 20"]


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_the_end_of_a_round_has_corrected_scores_and_what_both_got_wrong(open_page, mnist_dir) -> None:
    found = evaluate_on(load_model("blog"), "mnist")
    wrong = int(next(place for place in found.mistakes() if place not in DOUBTFUL))
    right = int(np.flatnonzero(found.answers == found.data.labels)[0])
    places = np.array([5937, 2654, wrong, right])  # people say 3; they see no digit
    said_so = np.array([3, 6, (found.data.labels[wrong] + 1) % 10, found.data.labels[right]])
    yours, its = by_people(found, places, said_so)
    assert (yours.n, yours.correct) == (3, 2) and its.n == 3 and its.correct == 1 + (found.answers[5937] == 3)
    assert by_people(found, places[2:], said_so[2:]) is None and by_people(found, places[1:2], said_so[1:2]) is None
    app = open_page(model="blog", view="you")
    app.button(key="quiz-begin").click().run()
    app.session_state["_quiz"] = Quiz(app.session_state["_quiz"].network, places.tolist(), said_so.tolist())
    app.run()
    assert f"you read 2 of 3 right and the network {its.correct}." in said(app)
    assert app.table[0].value["by the labels that people give"].tolist() == ["2 of 3", f"{its.correct} of 3"]
    assert "**What both got wrong**" in said(app)
    page = "".join(each.proto.body for each in app.get("html"))
    part = page[page.index('data-testid="both-wrong"') : page.index('data-testid="quiz-end"')]
    count = 1 + int(found.answers[5937] != 5)  # a 3 is no 5, whatever people say
    assert part.count("The network: ") == count and part.count("<figcaption") == 6 * count


def test_the_network_has_a_map_and_a_loop_shows_its_digits(open_page, evaluation: Evaluation) -> None:
    app = open_page(view="map", which="all")
    points = fitted(lay_out(load_model("small"), evaluation.data).points)
    labels, wrong = evaluation.data.labels, evaluation.answers != evaluation.data.labels
    told = told_by(points, labels, wrong)
    for sentence in told.sentences:
        assert str(sentence) in said(app)
    assert app.table[0].value.values.tolist()[3] == [
        "3", str((labels == 3).sum()), str((wrong & (labels == 3)).sum()), told.regions[3].place, str(told.regions[3].beside)
    ]  # fmt: skip
    loop = "200.200.700.200.700.700.200.700"
    held = inside(points, corners_in(loop))
    app = open_page(view="map", loop=loop)
    assert 1 < held.sum() < len(held)
    assert f"**{held.sum()} digits in the loop; misread: {(held & wrong).sum()}**" in said(app)
    assert app.query_params["loop"] == loop
    app.segmented_control(key="layout").set_value("near").run()
    assert "loop" not in app.query_params and "makes most like it" in said(app)  # its map ships
    assert "There is no digit in the loop" in said(open_page(view="map", loop="0.0.1.0.0.1"))
    assert "What the link names" in open_page(view="map", loop="nonsense").warning[0].value


def test_a_map_that_nobody_made_is_made_beside_the_page(open_page, data_dir, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(maps, "shipped_path", lambda model: tmp_path / "none")
    app = open_page(view="map", layout="near")
    assert "As on a shadow" in str(app.segmented_control(key="layout").options) and "Nobody has laid" in said(app)
    app.button(key="begin-map").click().run()
    until(lambda: list(maps.maps_folder().glob("*.safetensors")))
    mapping = jobs().maps.of(file_hash(find_model("small")), evaluate_on(load_model("small"), "digits").data.sha256)
    until(lambda: not mapping.live)
    assert mapping.error is None and mapping.done == 1
    until(lambda: not mapping.ticket.work.folder.exists())
    assert "makes most like it" in said(app.run()) and "begin-map" not in {button.key for button in app.button}


def test_alone_a_network_is_beside_none(open_page) -> None:
    assert "No other network here was tried on the same digits." in open_page(view="pair").info[0].value


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_two_networks_and_what_one_mends_of_the_other(open_page, mnist_dir) -> None:
    app = open_page(model="default", view="pair")
    found = pair(*(evaluate_on(load_model(name), "mnist") for name in ("default", "blog")))
    assert str(found.message) in said(app) and f"{len(found.fixed):,} digits that only The good reader reads" in said(
        app
    )
    assert all(str(sentence) in said(app) for sentence in most_different(found))
    app.segmented_control(key="side").set_value("broken").run()
    assert f"{len(found.broken):,} digits that only The simple reader reads right" in said(app)
    surest = found.broken[np.argmax(found.first.confidence[found.broken])]
    assert f"The simple reader says **{found.first.data.labels[surest]}**." in said(app)
    app.selectbox(key="true").set_value("9").run()
    nines = found.broken[found.first.data.labels[found.broken] == 9]
    assert shown(app).startswith(f"**{len(nines):,} mistake")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_differences_can_be_read_and_blue_is_better(theme: str) -> None:
    difference = np.zeros((10, 10), int)
    difference[3, 3], difference[3, 5], difference[4, 4] = 9, -9, -4
    cells = difference_colours(difference, theme)
    assert cells[3][3][0] == cells[3][5][0] == charts.COLOURS[theme]["for"]
    assert cells[4][4][0] not in (cells[0][0][0], cells[3][3][0])
    assert min(contrast(ground, ink) for row in cells for ground, ink in row) >= LEAST_CONTRAST


def test_a_view_that_has_chosen_already_asks_no_more(open_page) -> None:
    keys = {control.key for control in open_page(view="doubt").segmented_control}
    assert "which" not in keys and "which" in {control.key for control in open_page().segmented_control}


@pytest.fixture
def mine(data_dir) -> str:
    """Forty of the small digits to learn from and ten to test on, as data of one's own."""
    digits = load_training("digits").train
    return uploads.keep({"train": digits.subset(slice(0, 40)), "test": digits.subset(slice(40, 50))}, "mine.csv")


def test_all_digits_of_ones_own_data_are_explored(open_page, mine: str, monkeypatch) -> None:
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")
    found = evaluate(load_model("small"), explored(mine))
    assert len(found.data) == 50 and np.array_equal(found.data.labels[:10], load_test_labels(mine))
    app = open_page(which="all", **{"from": mine})
    assert f"{found.score.correct} of 50 digits of mine.csv right" in said(app) and shown(app) == "**50 digits**"
    assert f"Digit number {found.confidence.argmax()}" in said(app)
    app.selectbox(key="from").set_value("digits").run()
    assert "of 180 test digits right" in said(app) and "from" not in app.query_params
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "a stranger")  # who sees nobody else's data
    app = open_page(**{"from": mine})
    assert "of 180 test digits right" in said(app) and "What the link names" in app.warning[0].value


def load_test_labels(name: str) -> np.ndarray:
    return uploads.read(name, "test").labels


def test_digits_of_another_size_lead_to_a_network_that_reads_them(open_page, no_mnist) -> None:
    app = open_page(**{"from": "mnist"})
    assert "28 × 28 pixels, and The tiny reader reads 8 × 8" in app.info[0].value
    app.button(key="use-reader").click().run()
    assert "**The good reader** gets 9,945 of 10,000" in said(app) and "from" not in app.query_params
    app.selectbox(key="model").set_value("small").run()  # the digits follow the network, which nobody chose by hand
    assert "of 180 test digits right" in said(app)


def test_ones_own_drawings_are_explored(open_page) -> None:
    assert "You have no drawings for this network yet" in open_page(**{"from": "drawings"}).info[0].value
    digits = digits_of("digits")
    ink = np.round(digits.x().reshape(-1, 8, 8) * 255).astype(np.uint8)
    drawings = [Sample(ink[place], int(digits.labels[place]), None) for place in range(12)]
    drawings[0] = Sample(ink[0], (int(digits.labels[0]) + 1) % 10, None)  # said to be what it is not
    app = open_page(which="all", **{"from": "drawings"})
    app.session_state["_own_drawings"] = [*drawings, Sample(np.full((28, 28), 9, np.uint8), 1, None)]
    app.run()
    right = evaluate(load_model("small"), as_dataset(drawings)).score.correct
    assert f"{right} of 12 of your drawings right" in said(app) and "One drawing is left out" in said(app)
    assert shown(app) == "**12 digits**" and app.query_params["from"] == "drawings"
    for view in ("pair", "kinds", "doubt", "map", "you"):
        app.segmented_control(key="view").set_value(view).run()
        assert not app.exception
    app.segmented_control(key="view").set_value("matrix").run()
    app.button(key="on-the-pad").click().run()
    assert "You said that it is" in said(app)


def test_the_labels_that_a_network_doubts_of_digits_it_has_not_learned_from(open_page) -> None:
    found = evaluate_on(load_model("small"), "digits")
    doubted = doubtful_labels(found.probabilities, found.data.labels)
    app = open_page(view="labels")
    assert (
        f"Of 180 digits that **The tiny reader** has not learned from, it doubts the label of {len(doubted)}"
        in said(app)
    )
    assert f"Test digit number {doubted[0].place}" in said(app)
    assert app.segmented_control(key="by").options == ["This network", "Five quick networks"]


def test_all_labels_of_ones_own_data_are_looked_through(open_page, data_dir, monkeypatch) -> None:
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")
    digits = load_training("digits").train
    changed, places = flipped(digits.subset(slice(0, 150)), 0.02)
    name = uploads.keep({"train": changed, "test": digits.subset(slice(150, 200))}, "mine.csv")
    app = open_page(view="labels", by="folds", **{"from": name})
    app.button(key="look-through").click().run()
    until(lambda: not shared.jobs().doubting(name).live)
    app.run()
    doubts = shared.jobs().doubting(name).found
    assert f"Of all 200 digits, five quick networks doubt the label of {doubts.count}" in said(app)
    assert f"Digit number {doubts.first[0].place}" in said(app) and "The label says" in said(app)
    assert {50 + place for place in places} & {each.place for each in doubts.first}  # the 50 to test on come first
    assert app.query_params["by"] == "folds"


def test_the_list_of_doubtful_labels_as_a_table() -> None:
    digits = Dataset("two", np.ones((2, 4), np.uint8), np.array([5, 1]), (2, 2))
    found = [DoubtfulLabel(1, 1, 7, 0.25, 0.75), DoubtfulLabel(0, 5, -1, 0.5, 0.0)]
    assert as_table(digits, found).splitlines() == [
        "index,label,suggested,label_probability,suggested_probability,margin", "1,1,7,0.250000,0.750000,0.500000",
        "0,5,,0.500000,0.000000,-0.500000",
    ]  # fmt: skip


def test_what_people_doubt_is_there_without_mnist(open_page, no_mnist) -> None:
    app = open_page(model="default", view="labels", by="people", digit="5937")
    assert "5 people looked at some and doubted the label of these 15" in said(app)
    assert "MNIST says 5. Five people were asked: three for a 3" in said(app)
    assert app.segmented_control(key="by").options == ["This network", "Five people"]
    app = open_page(model="blog", view="labels")
    assert "Of 10,000 digits that **The simple reader** has not learned from, it doubts the label of 11." in said(app)


def test_without_mnist_all_views_tell_of_all_its_digits(open_page, no_mnist) -> None:
    app = open_page(model="default", view="kinds", order="odd", slice="0")
    found = shipped_evaluation(load_model("default"), file_hash(find_model("default")))
    divided = slices(found, written())
    assert str(worst(found, divided).message).replace(" %", "\xa0%") in said(app)
    app.button(key="part-0.0").click().run()
    mistakes = int(re.search(r"\*\*(\d+) mistakes\*\*", said(app)).group(1))
    thin = divided[0].parts[0]
    assert mistakes == thin.n - thin.correct
    app.segmented_control(key="which").set_value("all").run()
    here = int(re.search(r"\*\*([\d,]+) digits\*\*", said(app)).group(1).replace(",", ""))
    more = int(re.search(r"([\d,]+) more like these", said(app)).group(1).replace(",", ""))
    assert here + more == thin.n
    app = open_page(model="default", view="doubt", silent="2")
    silent = answered(found, 0.02)
    assert f"({silent.silent:,}), it is right in" in said(app) and f"{silent.score.correct:,} of 9,800" in said(app)
    assert f"**{len(silent.mistakes)} mistakes remain**" in said(app)


def test_a_window_holds_few_of_many_digits_wherever_one_looks() -> None:
    seen = first(10_000)
    assert (seen.start, seen.stop, seen.before, seen.after) == (0, 12, 0, 12)
    for _ in range(7):
        seen = seen.later()
    assert (seen.start, seen.stop) == (0, 96)
    seen = seen.later()
    assert (seen.start, seen.stop, seen.before) == (12, 108, 12)
    assert (seen.around(0).start, seen.around(0).stop) == (12, 108)  # it was laid around 0, and has been moved on since
    assert (seen.around(50).start, seen.around(50).place) == (12, 50)
    far = seen.around(9_995)
    assert (far.start, far.stop, far.after, far.later().stop) == (9_984, 9_996, 4, 10_000)
    assert (far.earlier().start, far.earlier().stop) == (9_972, 9_996)
    assert (first(30, 20).start, first(30, 20).stop) == (0, 24) and first(5).stop == 5


def test_a_digit_that_a_link_names_is_shown_with_few_others(open_page, evaluation: Evaluation) -> None:
    number = ordered(evaluation, np.arange(len(evaluation.data)), "sure")[150]
    app = open_page(which="all", digit=str(number))
    assert f"Test digit number {number}" in said(app)
    labels = [button.label for button in app.button]
    assert "Show the 12 before" in labels and "Show 12 more" in labels
