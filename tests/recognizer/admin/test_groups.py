"""The groups that the migrations make: each sees and does what is its own."""

import pytest
from django.contrib.auth.models import Group, User

from recognizer.models import Comparison, ModelVersion, Promotion, TrainingRun
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version

PAGES = [
    "glyph",
    "picture",
    "prediction",
    "labelevent",
    "modelversion",
    "trainingrun",
    "comparison",
    "promotion",
]
OF_VERSIONS = {"modelversion", "trainingrun", "comparison", "promotion"}
LABELLING = {
    "confirm_prediction",
    "mark_unusable",
    "mark_usable",
    "exclude_from_training",
    "include_in_training",
    "read_with_model",
}


@pytest.fixture
def one_of_each(admin_user) -> ModelVersion:
    """Store a row of everything; return the candidate."""
    version = make_version()
    make_picture(version).glyphs.get().set_label(1, owner=Owner(user=admin_user), where="page")
    candidate = make_version(version="2", state="candidate", parent=version)
    TrainingRun.objects.create(kind="cnn", epochs=1, base=version, candidate=candidate, user=admin_user)
    comparison = Comparison.objects.create(candidate=candidate, base=version, figures={}, gates=[], is_passed=True)
    Promotion.objects.create(version=version, kind="promotion", comparison=comparison, user=admin_user)
    return candidate


@pytest.fixture
def member(client):
    """Return a function that logs a new member of staff in who is in these groups."""

    def log_in(*groups: str) -> User:
        user = User.objects.create_user("una", is_staff=True)
        user.groups.set(Group.objects.filter(name__in=groups))
        assert user.groups.count() == len(groups)
        client.force_login(user)
        return user

    return log_in


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("Reviewers", {"glyph", "picture", "prediction", "labelevent"}),
        ("Exporters", set()),
        ("Trainers", OF_VERSIONS),
        ("Promoters", OF_VERSIONS),
    ],
)
def test_a_group_sees_its_lists_and_no_other(client, one_of_each, member, group, expected):
    member(group)

    seen = {page for page in PAGES if client.get(f"/admin/recognizer/{page}/").status_code == 200}
    index = client.get("/admin/").content.decode()

    assert seen == expected
    assert {page for page in PAGES if f'href="/admin/recognizer/{page}/"' in index} == expected
    assert client.get("/admin/auth/user/").status_code == 403


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["Reviewers"], LABELLING),
        (["Reviewers", "Exporters"], LABELLING | {"export_admin_action"}),
        (["Reviewers", "Trainers"], LABELLING | {"queue_training"}),
    ],
)
def test_a_group_has_its_actions_on_glyphs(client, one_of_each, member, groups, expected):
    member(*groups)

    form = client.get("/admin/recognizer/glyph/").context["action_form"]

    assert {name for name, _ in form.fields["action"].choices if name} == expected


def test_reviewers_label_in_the_list(client, one_of_each, member):
    member("Reviewers")

    assert client.get("/admin/recognizer/glyph/").context["cl"].formset is not None


def test_exporters_open_nobody_s_pictures(client, one_of_each, member):
    member("Exporters")

    assert client.get("/admin/recognizer/glyph/").status_code == 403
    assert client.get("/admin/recognizer/picture/").status_code == 403
    assert client.get("/exports/").status_code == 200


@pytest.mark.parametrize("group", ["Reviewers", "Exporters", "Trainers", "Promoters"])
def test_no_group_changes_a_version_by_hand(client, one_of_each, member, group):
    member(group)
    address = f"/admin/recognizer/modelversion/{one_of_each.pk}"

    answers = [client.post(f"{address}/{page}/", {"state": "active", "post": "yes"}) for page in ("change", "delete")]

    assert [answer.status_code for answer in answers] == [403, 403]
    one_of_each.refresh_from_db()
    assert one_of_each.state == "candidate"
