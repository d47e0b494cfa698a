"""One picture's page: `/p/<uuid>/`."""

import re
import uuid

import pytest

from recognizer.models import Batch, ModelVersion, Picture, Prediction
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.pictures import png_of
from tests.recognizer.rows import make_version, prediction_fields


def page_of(client, picture: Picture) -> str:
    answer = client.get(f"/p/{picture.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_all_ten_probabilities_of_every_glyph(client, network, visitor):
    picture = recognize(png_of("47"), owner=visitor, source="draw")

    page = page_of(client, picture)

    assert picture.glyphs.count() == 2
    for glyph in picture.glyphs.all():
        meters = re.findall(rf'<meter id="glyph-{glyph.position}-(\d)"[^>]* value="([\d.]+)"', page)
        assert [int(digit) for digit, _ in meters] == list(range(10))
        assert [float(p) for _, p in meters] == pytest.approx(glyph.answer.probabilities, abs=5e-5)


def test_it_shows_the_image_with_a_box_around_each_mark(client, network, visitor):
    picture = recognize(png_of("47"), owner=visitor, source="draw")

    page = page_of(client, picture)

    assert f'href="/p/{picture.pk}/image/"' in page
    boxes = re.findall(r'<rect class="mark-box" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', page)
    assert [tuple(map(int, box)) for box in boxes] == [(g.x, g.y, g.width, g.height) for g in picture.glyphs.all()]


def test_it_shows_what_the_network_saw(client, picture):
    assert page_of(client, picture).count('src="data:image/png;base64,') == 1


def test_it_names_the_model_that_read_it_and_leads_to_its_card(client, picture):
    assert '<a href="/models/cnn/stub/">Convolutional network stub</a>' in page_of(client, picture)


@pytest.mark.parametrize(
    ("answer", "words", "verdict"),
    [
        ((7, None), "Surely 7", "digit"),
        ((4, 9), "4 or 9?", "unsure"),
        ((10, None), "not a digit", "not_a_digit"),
    ],
)
def test_it_says_the_verdict_in_words(client, network, visitor, answer, words, verdict):
    network.says(answer[0], runner_up=answer[1])
    picture = recognize(png_of("4"), owner=visitor, source="draw")

    page = page_of(client, picture)

    assert picture.glyphs.get().answer.verdict == verdict
    assert words in page
    assert re.search(rf'class="verdict" data-verdict="{verdict}"', page)


def test_ink_that_is_no_digit_is_shown_with_an_empty_reading(client, network, visitor):
    network.says(10)
    picture = recognize(png_of("7"), owner=visitor, source="draw")

    page = page_of(client, picture)

    assert picture.reading == ""
    assert "No digit found" in page


def test_a_label_takes_the_place_of_the_reading(client, picture, visitor):
    picture.glyphs.get().set_label(1, owner=visitor, where="page")

    page = page_of(client, picture)

    assert "Corrected by hand. The network read 7." in page
    assert re.search(r'class="answer-digits">\s*1\s*<', page)


def test_it_is_kept_in_no_cache(client, picture):
    header = client.get(f"/p/{picture.pk}/")["Cache-Control"]

    assert "no-store" in header
    assert "private" in header


@pytest.mark.parametrize("address", [f"/p/{uuid.UUID(int=7)}/", "/p/7/", "/p/not-a-uuid/", "/p/%00/"])
def test_it_is_not_there_for_an_unknown_or_malformed_id(client, picture, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert "There is nothing here, or it is not yours." in answer.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_refuses_another_method(client, picture, method):
    assert getattr(client, method)(f"/p/{picture.pk}/").status_code == 405
    assert Picture.objects.filter(pk=picture.pk).exists()


def test_it_asks_the_database_as_often_for_many_glyphs_as_for_one(
    client, network, visitor, django_assert_max_num_queries
):
    picture = recognize(png_of("1234567"), owner=visitor, source="draw")
    assert picture.glyphs.count() == 7

    with django_assert_max_num_queries(5):
        page_of(client, picture)


def test_it_never_predicts_again(client, network, picture):
    calls = network.calls

    page_of(client, picture)

    assert network.calls == calls


def test_a_corrected_mark_says_what_it_is_and_what_it_was_read_as(client, picture):
    picture.glyphs.get().set_label(1, owner=Owner(visitor=picture.visitor), where="page")

    page = client.get(f"/p/{picture.pk}/").content.decode()

    assert re.search(r'verdict-corrected">1 <span class="verdict-read">read as 7</span>', page)
    assert 'class="verdict" ' not in page


def attributes_of(page: str, start: str) -> dict[str, str]:
    """Return the attributes of the first element that begins so."""
    return dict(re.findall(r'([\w-]+)="([^"]*)"', re.search(rf"<{start}[^>]*>", page).group()))


def test_a_verdict_carries_what_it_takes_to_tell_it_anew(client, network, visitor):
    network.says(4, runner_up=9)
    picture = recognize(png_of("4"), owner=visitor, source="draw")

    chip = attributes_of(page_of(client, picture), 'span class="verdict"')

    answer = picture.glyphs.get().answer
    assert (chip["data-verdict"], chip["data-sure"], chip["data-unsure"]) == ("unsure", "4", "4 or 9?")
    assert float(chip["data-certainty"]) == pytest.approx(answer.confidence * (1 - answer.none_probability), abs=1e-6)


@pytest.mark.parametrize(
    ("answer", "shown", "hidden"), [((7, None), "Surely 7", "Rather 7"), ((4, 9), "Rather 4", r"4 \(")]
)
def test_both_sentences_are_there_and_one_is_shown(client, network, visitor, answer, shown, hidden):
    network.says(answer[0], runner_up=answer[1])
    picture = recognize(png_of("4"), owner=visitor, source="draw")

    page = page_of(client, picture)

    assert re.search(rf'data-shown-when="\w+">{shown}', page)
    assert re.search(rf'data-shown-when="\w+" hidden>{hidden}', page)


def test_the_slider_begins_where_the_network_that_read_it_is_sure(client, network, picture):
    ModelVersion.objects.update(card={"thresholds": {"sure": 0.83}})

    slider = attributes_of(page_of(client, picture), "sure-threshold")

    assert float(slider["data-own"]) == 0.83
    assert slider["data-own-text"] == "83 % (the network’s own)"


def test_what_several_networks_say_is_shown_side_by_side_where_it_is_stored(client, network, picture):
    other = make_version("mlp", "3")
    assert "side by side" not in page_of(client, picture)
    Prediction.objects.create(glyph=picture.glyphs.get(), model_version=other, is_primary=False, **prediction_fields(1))

    page = page_of(client, picture)

    assert "The networks side by side" in page
    assert '<a href="/models/mlp/3/">Keras MLP 3</a>' in page
    assert page.count("differs") == 1


def test_why_it_said_that_is_a_link_without_a_script(client, picture):
    assert f'<a href="/p/{picture.pk}/glyphs/0/why/">Why did it say that?</a>' in page_of(client, picture)


def test_all_marks_of_a_number_can_be_confirmed_until_each_has_a_label(client, network, visitor):
    picture = recognize(png_of("47"), owner=visitor, source="draw")
    assert "All right" in page_of(client, picture)

    for glyph in picture.glyphs.all():
        glyph.set_label(7, owner=visitor, where="page")

    assert "All right" not in page_of(client, picture)
    assert "The others are right" not in page_of(client, picture)


def test_after_one_correction_only_the_others_can_be_confirmed_and_every_chip_stays(client, network, visitor):
    picture = recognize(png_of("47"), owner=visitor, source="draw")
    picture.glyphs.get(position=0).set_label(1, owner=visitor, where="page")

    page = page_of(client, picture)

    assert "Everything read right?" not in page
    assert "The others are right" in page
    assert [f'<a href="#glyph-{position}"><span' in page for position in (0, 1)] == [True, True]


def test_a_single_mark_has_its_own_button_for_that(client, picture):
    assert "All right" not in page_of(client, picture)


@pytest.mark.parametrize(("read", "others"), [(7, set("012345689") | {"not_a_digit"}), (10, set("0123456789"))])
def test_what_was_read_is_not_offered_as_what_it_is_instead(client, network, visitor, read, others):
    network.says(read)
    picture = recognize(png_of("7"), owner=visitor, source="draw")

    offered = re.findall(r'<button class="choice[^"]*" name="label" value="(\w+)"', page_of(client, picture))

    assert set(offered) == others


@pytest.mark.parametrize(("verdict", "is_said"), [("not_a_digit", True), ("digit", False)])
def test_bars_of_what_is_no_digit_are_said_to_be_supposed(client, picture, verdict, is_said):
    Prediction.objects.update(verdict=verdict)

    assert ("If it were a digit" in page_of(client, picture)) is is_said


@pytest.mark.parametrize(("confidence", "is_sure"), [(0.949, False), (0.951, True)])
def test_it_says_surely_only_where_no_other_digit_comes_into_question(client, picture, confidence, is_sure):
    Prediction.objects.update(confidence=confidence)

    assert ("Surely 7" in page_of(client, picture)) is is_sure


@pytest.mark.parametrize(
    ("source", "way", "other"), [("draw", "Draw another", "Bring another"), ("upload", "Bring another", "Draw another")]
)
def test_after_a_reading_another_one_is_offered(client, picture, source, way, other):
    Picture.objects.update(source=source)

    page = page_of(client, picture)

    assert way in page
    assert other not in page


@pytest.mark.parametrize(
    ("may_train", "said"), [(True, "It helps to improve the reading."), (False, "Not used for learning.")]
)
def test_a_labelled_mark_says_whether_it_is_learnt_from(client, picture, visitor, may_train, said):
    assert said not in page_of(client, picture)
    picture.set_consent(may_train)
    picture.glyphs.get().set_label(1, owner=visitor, where="page")

    assert said in page_of(client, picture)


@pytest.fixture
def batch(network, visitor) -> Batch:
    """Store a batch of four files, the third of which could not be read."""
    batch = Batch.objects.create(visitor=visitor.visitor, came_as="files", kind="cnn", total=4)
    for position in (0, 1, 3):
        picture = recognize(png_of("7"), owner=visitor, source="batch", name=f"{position}.png")
        Picture.objects.filter(pk=picture.pk).update(batch=batch.pk)
        batch.items.create(position=position, state="read", verdict="digit", picture=picture)
    batch.items.create(position=2, state="failed", problem="unsupported_format")
    return batch


def ways_on(page: str) -> dict[str, str]:
    """Return where the links to the pictures before and after lead."""
    return {rel: address for address, rel in re.findall(r'href="([^"]+)" rel="(prev|next)"', page)}


def test_a_picture_of_a_batch_leads_back_to_it_and_to_its_neighbours_past_what_was_not_read(client, batch):
    first, second, last = [item.picture for item in batch.items.filter(state="read").order_by("position")]

    pages = [page_of(client, picture) for picture in (first, second, last)]

    assert all(page.count(f'href="/batch/{batch.pk}/"') == 2 for page in pages)
    assert [re.search(r"\d of 4", page).group() for page in pages] == ["1 of 4", "2 of 4", "4 of 4"]
    assert ways_on(pages[0]) == {"next": f"/p/{second.pk}/"}
    assert ways_on(pages[1]) == {"prev": f"/p/{first.pk}/", "next": f"/p/{last.pk}/"}
    assert ways_on(pages[2]) == {"prev": f"/p/{second.pk}/"}


def test_a_picture_whose_batch_is_gone_leads_nowhere(client, batch):
    picture = batch.items.first().picture
    batch.delete()

    page = page_of(client, picture)

    assert "/batch/" not in page
    assert ways_on(page) == {}
