"""Moves and reasons in the words of the office, and of the asker."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOVES: dict[str, Promise] = {
    "open": _("登记"),
    "accept": _("受理"),
    "contact": _("登记联系"),
    "answer": _("答复"),
    "transfer": _("转办"),
    "return": _("退单"),
    "assign": _("指定承办"),
    "decline": _("说明不予办理"),
    "judge": _("认定合理与否"),
    "pause": _("暂停计时"),
    "resume": _("恢复计时"),
    "extend": _("延期"),
    "close": _("回访办结"),
    "rate": _("评价"),
    "reopen": _("重新办理"),
    "escalate": _("催办督办"),
    "merge": _("并入另一件"),
    "split": _("拆分"),
    "recount": _("重新计算期限"),
    "identify": _("对上这个人"),
    "lift": _("承办岗位没有人，转到上一级"),
    "unidentify": _("不再对着这个人"),
}
LEVELS: dict[int, Promise] = {1: _("催办"), 2: _("督办"), 3: _("提级")}
REASONS: dict[str, Promise] = {
    "not_our_place": _("不在本地"),
    "not_our_duty": _("不是本单位的职责"),
    "needs_higher_level": _("要由上一级协调"),
    "legal_remedy": _("应走诉讼、仲裁或行政复议"),
    "outside_duty": _("不属于政府职责"),
    "repeated": _("同一件事已经答复过"),
    "against_policy": _("与现行规定不符"),
    "fair_facts": _("合理：情况属实"),
    "fair_policy": _("合理：政策有规定"),
    "fair_hardship": _("合理：确有困难，政策还管不到"),
    "fair_public": _("合理：关系到大家"),
    "unfair_facts": _("不合理：核实后与事实不符"),
    "unfair_law": _("不合理：要求违反法律法规"),
    "unfair_others": _("不合理：会损害别人的权益"),
    "unfair_repeat": _("不合理：已经依法处理完，没有新的情况"),
    "waits_for_asker": _("等对方补充情况"),
    "waits_for_other_office": _("等其他单位意见"),
    "waits_for_survey": _("等现场勘查或鉴定"),
    "complex": _("情况复杂"),
    "several_offices": _("涉及几个单位"),
    "outside_cause": _("天气等外部原因"),
    "visited_satisfied": _("回访：满意"),
    "visited_unsatisfied": _("回访：不满意"),
    "unreached": _("回访没有联系上"),
}
TO_ASKER: dict[str, Promise] = {
    "open": _("我们收到了您说的事。"),
    "accept": _("已经受理，有人在办。"),
    "contact": _("我们联系过您。"),
    "answer": _("我们答复了您："),
    "transfer": _("转给了更合适的单位来办。"),
    "return": _("正在重新确定由谁来办。"),
    "assign": _("已经确定由谁来办。"),
    "decline": _("这件事我们办不了，原因是："),
    "judge": _("核对了您说的情况，都会答复您。"),
    "pause": _("要等一等，原因是："),
    "resume": _("继续办理。"),
    "extend": _("需要多一些时间，原因是："),
    "close": _("这件事办结了。"),
    "rate": _("您作了评价。"),
    "reopen": _("按您的要求重新办理。"),
    "escalate": _("办得慢了，已经标明催办，上级看得到。"),
    "merge": _("还有人说了同一件事，我们放在一起办，一样答复您。"),
    "split": _("您的事改为单独办理。"),
    "lift": _("转给了更合适的单位来办。"),
    "recount": _("新一年的放假安排公布了，期限重新算过。"),
}
IN_SHORT: dict[str, Promise] = {  # in a message that others may see
    "accept": _("已经受理，有人在办。"),
    "answer": _("有答复了。"),
    "decline": _("有答复了。"),
    "pause": _("要等一等，原因写在办理进度里。"),
    "extend": _("需要多一些时间，新的期限写在办理进度里。"),
    "merge": _("和别人说的同一件事放在一起办。"),
    "split": _("改为单独办理。"),
}
TO_DESK: dict[str, Promise] = {
    "open": _("新来一件"),
    "transfer": _("转来一件"),
    "return": _("退回一件"),
    "assign": _("指定由您承办"),
    "reopen": _("要求重新办理"),
    "lift": _("下级没有人办，转来一件"),
}
WAYS: dict[str, Promise] = {"sms": _("短信"), "wechat": _("微信"), "email": _("电子邮件")}
# Whose note the asker reads. Others are between desks.
OPEN_NOTES = frozenset({"answer", "decline", "pause", "extend", "reopen", "recount"})
