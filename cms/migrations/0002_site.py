"""What every installation starts with: a home page, the editors' groups, their workflow and the shared cache's table."""

from collections.abc import Callable

from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ALL = ("add", "change", "delete", "publish", "lock", "unlock")
LISTINGS = ("cms.activity", "cms.helpoffer", "cms.otherservice")
GROUPS = {
    "Content leads": {
        **dict.fromkeys(LISTINGS, ALL),
        "hubs.hub": ALL,
        "hubs.location": ("add", "change", "delete"),
        "directory.category": ("add", "change", "delete"),
        "directory.organisation": ("add", "change", "delete"),
    },
    "Hub staff": {
        **dict.fromkeys(LISTINGS, ("add", "change", "publish")),
        "hubs.hub": ("change", "publish"),
        "hubs.location": ("add",),
    },
    "Partners": {
        **dict.fromkeys(LISTINGS, ("add", "change")),
        "directory.organisation": ("change",),
    },
    "Council settings": {
        "hubs.council": ("change",),
        "hubs.locality": ("add", "change"),
    },
}
PAGES = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
PICTURES = {
    "Content leads": ("add_image", "change_image", "choose_image"),
    "Hub staff": ("add_image", "choose_image"),
    "Partners": ("add_image", "choose_image"),
}
WORKFLOW = "Content lead approves"


def finder(apps: Apps) -> Callable[[str, str], object]:
    """Return a function from a model and a codename to the permission, made if need be."""
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")

    def permission(model: str, codename: str) -> object:
        """Permissions are otherwise made only after all migrations have run."""
        app, name = model.split(".")
        content_type, _ = ContentType.objects.get_or_create(app_label=app, model=name)
        words = f"Can {codename.split('_')[0]} {apps.get_model(app, name)._meta.verbose_name}"
        return Permission.objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": words}
        )[0]

    return permission


def make_groups(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    Group = apps.get_model("auth", "Group")
    permission = finder(apps)

    # Wagtail's own, which have rights nobody here decided on.
    Group.objects.filter(name__in=("Editors", "Moderators")).delete()
    for name, rights in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(permission("wagtailadmin.admin", "access_admin"))
        for model, actions in rights.items():
            for action in actions:
                group.permissions.add(permission(model, f"{action}_{model.split('.')[1]}"))
    Group.objects.get(name="Content leads").permissions.add(permission("cms.activity", "edit_every_listing"))
    give_pictures(apps, permission)


def give_pictures(apps: Apps, permission: Callable[[str, str], object]) -> None:
    Group = apps.get_model("auth", "Group")
    Collection = apps.get_model("wagtailcore", "Collection")
    GroupCollectionPermission = apps.get_model("wagtailcore", "GroupCollectionPermission")
    root = Collection.objects.get(depth=1)
    for name, codenames in PICTURES.items():
        for codename in codenames:
            GroupCollectionPermission.objects.get_or_create(
                group=Group.objects.get(name=name),
                collection=root,
                permission=permission("hubs.image", codename),
            )


def make_home(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    HomePage = apps.get_model("cms", "HomePage")
    ContentType = apps.get_model("contenttypes", "ContentType")
    Locale = apps.get_model("wagtailcore", "Locale")

    welcome = Page.objects.filter(depth=2, slug="home").first()
    if welcome is not None:
        Site.objects.filter(root_page=welcome).delete()
        welcome.delete()
    root = Page.objects.get(depth=1)
    home = HomePage.objects.create(
        title="Home",
        draft_title="Home",
        slug="home",
        content_type=ContentType.objects.get_or_create(app_label="cms", model="homepage")[0],
        locale=Locale.objects.first(),
        path=root.path + "0001",
        depth=2,
        numchild=0,
        url_path="/home/",
        live=True,
    )
    root.numchild = Page.objects.filter(depth=2).count()
    root.save()
    Site.objects.get_or_create(
        hostname="localhost", port=80, defaults={"root_page": home, "is_default_site": True}
    )
    give_pages(apps, home, finder(apps))


def give_pages(apps: Apps, home: object, permission: Callable[[str, str], object]) -> None:
    Group = apps.get_model("auth", "Group")
    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    leads = Group.objects.get(name="Content leads")
    for codename in PAGES:
        GroupPagePermission.objects.get_or_create(
            group=leads,
            page=home,
            permission=permission("wagtailcore.page", codename),
        )


def make_workflow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    ContentType = apps.get_model("contenttypes", "ContentType")
    Group = apps.get_model("auth", "Group")
    Workflow = apps.get_model("wagtailcore", "Workflow")
    WorkflowTask = apps.get_model("wagtailcore", "WorkflowTask")
    WorkflowContentType = apps.get_model("wagtailcore", "WorkflowContentType")
    Task = apps.get_model("wagtailcore", "Task")
    GroupApprovalTask = apps.get_model("wagtailcore", "GroupApprovalTask")

    Workflow.objects.filter(name="Moderators approval").delete()
    Task.objects.filter(name="Moderators approval").delete()
    task = GroupApprovalTask.objects.create(
        name="Content lead",
        active=True,
        content_type=ContentType.objects.get_or_create(app_label="wagtailcore", model="groupapprovaltask")[0],
    )
    task.groups.add(Group.objects.get(name="Content leads"))
    workflow = Workflow.objects.create(name=WORKFLOW, active=True)
    WorkflowTask.objects.create(workflow=workflow, task_id=task.pk, sort_order=0)
    for model in (*LISTINGS, "hubs.hub"):
        app, name = model.split(".")
        content_type, _ = ContentType.objects.get_or_create(app_label=app, model=name)
        WorkflowContentType.objects.create(content_type=content_type, workflow=workflow)


def make_cache_table(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    call_command("createcachetable", "cache", database=editor.connection.alias, verbosity=0)


def drop_cache_table(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(f"DROP TABLE IF EXISTS {editor.quote_name('cache')}")


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0001_initial"),
        ("hubs", "0002_places"),
        ("directory", "0001_initial"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailimages", "0027_image_description"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(make_home, migrations.RunPython.noop),
        migrations.RunPython(make_workflow, migrations.RunPython.noop),
        migrations.RunPython(make_cache_table, drop_cache_table),
    ]
