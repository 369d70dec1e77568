import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=40)),
                (
                    "post_title",
                    models.CharField(help_text="Shown instead of the name: 复核岗（甲）", max_length=60),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=60, unique=True)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "must_change",
                    models.BooleanField(
                        default=True,
                        help_text="The password was set by another person: it must be changed before any work.",
                    ),
                ),
                (
                    "demo",
                    models.BooleanField(default=False, help_text="A trial shows its present code on the code page."),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="accounts.person",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("registrar", "Registrar"),
                            ("reviewer", "Reviewer"),
                            ("head", "Head of the credit office"),
                            ("disclosure", "Disclosure reviewer"),
                            ("legal", "Legal reviewer"),
                            ("determiner", "Determining organ"),
                            ("liaison", "Liaison clerk"),
                            ("chief", "Head of the body"),
                            ("registry", "Keeper of the registry of bodies"),
                            ("archivist", "Archivist"),
                            ("auditor", "Security auditor"),
                            ("operator", "System administrator"),
                        ],
                        max_length=12,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(help_text="First day on which it no longer holds.", null=True)),
                ("by", models.CharField(help_text="ref of the actor who granted it", max_length=60)),
                (
                    "ended_by",
                    models.CharField(blank=True, help_text="ref of the actor who ended it early", max_length=60),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="registry.body"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="accounts.person",
                    ),
                ),
            ],
            options={
                "ordering": ["since", "id"],
                "indexes": [models.Index(fields=["person", "role"], name="grant_person_role")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="grant_ends_after_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsedCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("window", models.BigIntegerField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="used_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "window"), name="used_code_once")],
            },
        ),
    ]
