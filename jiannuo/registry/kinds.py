"""Sorts of bodies, regimes, levels of divisions: what the plan names, as code lists with both languages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BodyKind(models.TextChoices):
    """The sorts of public bodies that the plan and 中央编办 practice name."""

    GOVERNMENT = "government", _("People's government")  # 人民政府
    DEPARTMENT = "department", _("Department of a government")  # 政府工作部门
    DISPATCHED = "dispatched", _("Dispatched organ or zone committee")  # 派出机关、管委会
    STREET = "street", _("Street office")  # 街道办事处
    TOWNSHIP = "township", _("Township government")  # 乡镇人民政府
    INSTITUTION = "institution", _("Public institution")  # 事业单位
    COMMITTEE = "committee", _("Villagers' or residents' committee")  # 基层群众性自治组织
    GROUP = "group", _("Leading group or coordinating body")  # 议事协调机构
    PARTY = "party", _("Party organ")  # 党委机关
    CONGRESS = "congress", _("People's congress")  # 人大
    CPPCC = "cppcc", _("CPPCC committee")  # 政协
    SUPERVISION = "supervision", _("Discipline inspection and supervision")  # 纪委监委
    COURT = "court", _("People's court")  # 人民法院
    PROCURATORATE = "procuratorate", _("People's procuratorate")  # 人民检察院
    VERTICAL = "vertical", _("Vertically managed organ")  # 垂直管理机构
    MASS = "mass", _("Mass organisation")  # 群团组织


class Regime(models.TextChoices):
    """人员编制 regime."""

    ADMINISTRATIVE = "administrative", _("Administrative posts")  # 行政编制
    REFERENCE = "reference", _("Managed with reference to the Civil Servant Law")  # 参公管理
    PUBLIC_INSTITUTION = "public_institution", _("Public-institution posts")  # 事业编制
    SELF_GOVERNING = "self_governing", _("Self-governing organisation")  # 基层自治组织
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("To be checked")


class Level(models.TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")
    TOWNSHIP = "township", _("Township")
    VILLAGE = "village", _("Village")


class NameKind(models.TextChoices):
    FULL = "full", _("Full name")
    SHORT = "short", _("Short name")
    ALIAS = "alias", _("Also called")


class SuccessionKind(models.TextChoices):
    """How a body ended. A renaming is not a succession; a part handed over is an Assignment."""

    MERGED = "merged", _("Merged")
    SPLIT = "split", _("Split")
    ABOLISHED = "abolished", _("Abolished")


class ParentKind(models.TextChoices):
    SUPERIOR = "superior", _("Led by")  # 上级机关
    COMPETENT = "competent", _("Under the competence of")  # 主管部门


class PartyKind(models.TextChoices):
    """The other side of a promise."""

    FIRM = "firm", _("Firm")
    AGENCY = "agency", _("Bidding agency")  # 招标代理机构
    EVALUATOR = "evaluator", _("Third-party evaluator")  # 第三方评估机构
    PERSON = "person", _("Natural person")


# Partners and sources, whom a city may not evaluate, rank, inspect or sanction (政府督查工作条例第五条; practice §1.4).
PARTNERS = frozenset(
    {
        BodyKind.PARTY,
        BodyKind.CONGRESS,
        BodyKind.CPPCC,
        BodyKind.SUPERVISION,
        BodyKind.COURT,
        BodyKind.PROCURATORATE,
        BodyKind.VERTICAL,
        BodyKind.MASS,
    }
)
