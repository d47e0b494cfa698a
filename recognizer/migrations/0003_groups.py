"""Groups for those who review, export, train and promote; who is in them is for the site's owner to say."""

from django.db import migrations

GROUPS = {
    "Reviewers": [
        ("glyph", "review_glyph"),
        ("glyph", "view_glyph"),
        ("glyph", "change_glyph"),
        ("picture", "view_picture"),
        ("prediction", "view_prediction"),
        ("labelevent", "view_labelevent"),
    ],
    "Exporters": [("glyph", "export_labels")],
    "Trainers": [
        ("trainingrun", "start_trainingrun"),
        ("trainingrun", "view_trainingrun"),
        ("modelversion", "view_modelversion"),
    ],
    "Promoters": [
        ("modelversion", "promote_modelversion"),
        ("modelversion", "view_modelversion"),
        ("trainingrun", "view_trainingrun"),
    ],
}
"""Each with its permissions: model and codename."""


def make_groups(apps, schema_editor):
    """Make the groups; a permission that Django makes only after all migrations is made here, under the same name."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, wanted in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for model, codename in wanted:
            content_type, _ = ContentType.objects.get_or_create(app_label="recognizer", model=model)
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": permission_name(apps, model, codename)}
            )
            group.permissions.add(permission)


def permission_name(apps, model, codename):
    """What Django calls the permission, in words."""
    meta = apps.get_model("recognizer", model)._meta
    action = codename.split("_")[0]
    return dict(meta.permissions).get(codename, f"Can {action} {meta.verbose_name}")


class Migration(migrations.Migration):
    dependencies = [
        ("recognizer", "0002_corrections"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
