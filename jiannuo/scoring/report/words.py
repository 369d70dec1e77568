"""The report's own words, in both languages."""

from __future__ import annotations

from jiannuo.scoring.faults import both

WORDS = {
    "language": both("中文", "English"),
    "proposal": both(
        "本方案是建议稿，没有法律依据可以引用。", "This scheme is a proposal; no legal source can be cited for it."
    ),
    "unverified": both(
        "本方案所引依据尚未逐条核对。", "The sources that this scheme cites have not been checked in full."
    ),
    "no_sanction": both(
        "分数和名次用于了解和改进，本身不产生任何惩戒。",
        "Scores and ranks serve to know and to improve. By themselves they lead to no sanction.",
    ),
    "summary": both(
        "共 {units} 个{of}，{scored} 个有分数，{short} 个资料不足。",
        "{units} units ({of}): {scored} scored, {short} without enough data.",
    ),
    "ranking": both("分数与名次", "Scores and ranks"),
    "ranking_about": both(
        "名次相近的单位，先看区间：区间重叠，就不能说谁一定在前。横线是名次区间，竖线是公布的名次。",
        "Where ranks are close, read the interval first: where intervals overlap, neither is surely ahead. The bar is the interval "
        "of ranks, the tick the published rank.",
    ),
    "no_intervals": both(
        "本方案没有做稳健性检验，名次有多可靠不得而知。",
        "Robustness was not tested: how sure the ranks are is not known.",
    ),
    "rank": both("名次", "Rank"),
    "unit": both("单位", "Unit"),
    "group": both("同类组", "Peer group"),
    "in_group": both("组内名次", "Rank in group"),
    "score": both("分数", "Score"),
    "grade": both("等级", "Grade"),
    "interval": both("名次区间", "Interval of ranks"),
    "insufficient": both("资料不足", "Not enough data"),
    "capped": both("封顶：{caps}（按分数为 {earned}）", "capped: {caps} (by its score {earned})"),
    "sure": both("名次有多可靠", "How sure the ranks are"),
    "sure_about": both(
        "把方案换成同样说得通的做法，重算 {replicates} 次（种子 {seed}）。每次从测得的数据重新做起。区间是 {share}% 的重算所落的名次范围，"
        "并总是包含公布的名次。",
        "The index was built {replicates} times more in ways that could as well be defended (seed {seed}), each time from the measured "
        "figures. The interval holds the ranks of {share}% of them, and always the published one.",
    ),
    "varied": both("每次改变的是：", "What was varied:"),
    "varied_weights": both("每个权重在 ±{width}% 之内随机变化", "each weight at random within ±{width}%"),
    "varied_norm": both("归一化方法：{list}", "normalisation: {list}"),
    "varied_mean": both("合成方法：{list}", "aggregation: {list}"),
    "varied_missing": both("缺数的处理：{list}", "missing data: {list}"),
    "varied_out": both("随机去掉一个指标，或都不去", "one indicator left out at random, or none"),
    "structure": both("指标与权重", "Indicators and weights"),
    "structure_about": both(
        "“占总分”是各层权重连乘所得：所有指标都有数、各层取算术平均时，它就是该指标在总分中的份量。",
        "Of the whole: the weights of all levels multiplied. With every figure there and arithmetic means, it is the indicator's part in "
        "the index.",
    ),
    "indicator": both("指标", "Indicator"),
    "weight": both("权重", "Weight"),
    "of_whole": both("占总分", "Of the whole"),
    "made": both("指标，怎样计分", "Indicator, and how it is scored"),
    "usual": both("除另注明外，指标按此归一：{how}。", "Unless noted otherwise, indicators are normalised by {how}."),
    "more": both("越多越好", "more is better"),
    "less": both("越少越好", "less is better"),
    "unit_and_direction": both("{unit}，{direction}", "{unit}; {direction}"),
    "per": both("除以{denominator}", "divided by: {denominator}"),
    "least_n": both("不足 {n} 件的不计", "not counted on fewer than {n} cases"),
    "shrunk": both("件数少的向总体均值收拢（k = {k}）", "few cases are drawn to the mean of all (k = {k})"),
    "if_missing": both("缺数：{rule}", "if missing: {rule}"),
    "log_scale": both("按对数刻度比较", "compared on a logarithmic scale"),
    "moved_in": both("离群值收进 {count} 个", "outliers moved in: {count}"),
    "clipped": both(
        "超出第 {low} 与第 {high} 百分位的收到该处，{count} 个",
        "set to percentiles {low} and {high} where beyond them: {count}",
    ),
    "logged": both("分布太偏，取了对数", "too skewed: its logarithm was taken"),
    "untreated": both("离群值处理后仍偏", "still skewed after outliers were treated"),
    "on_scale": both("{method}，{lo} 至 {hi}", "{method}, {lo} to {hi}"),
    "with_posts": both("{method} {low} 至 {high}，计 {lo} 至 {hi}", "{method} {low} to {high}, scored {lo} to {hi}"),
    "with_target": both("{method} {target}，计 {lo} 至 {hi}", "{method} {target}, scored {lo} to {hi}"),
    "with_mean": both("{method}，均值 {mean}、标准差 {deviation}", "{method}, mean {mean}, deviation {deviation}"),
    "with_classes": both("{method}：以 {bounds} 为界，得 {points}", "{method}: bounds {bounds}, points {points}"),
    "basis": both("依据", "Basis"),
    "there": both("有数的单位", "Units with a figure"),
    "dimensions": both("各维度的分数", "Scores by dimension"),
    "each": both("逐个单位", "Unit by unit"),
    "each_about": both(
        "只列前 {shown} 个；其余见同一目录中的表格。",
        "The first {shown}; the tables in the same folder have the others.",
    ),
    "moves": both("谁动了，为什么", "Who moved, and why"),
    "moves_about": both(
        "与另一次结果相比。各项原因相加等于分数之差；不是算术平均时，怎样分到各项与先后有关。",
        "Compared with another result. The causes add up to the difference; where a mean is not arithmetic, how it divides among them "
        "depends on their order.",
    ),
    "climbed": both("名次", "Rank"),
    "difference": both("分数之差", "Difference"),
    "causes": both("主要原因", "Main causes"),
    "cause_scheme": both("方案本身的变化", "the scheme itself"),
    "cause_points": both("加分与扣分", "bonus and deduction"),
    "others": both("其余 {count} 项合计 {sum}", "{count} others together {sum}"),
    "came": both("新进", "new"),
    "left": both("不再列入", "no longer there"),
    "brought": both("分数从何而来", "What made the score"),
    "part": both("部分", "Part"),
    "brought_points": both("贡献", "Brought"),
    "sum": both("贡献相加等于分数。", "The parts add up to the score."),
    "logarithm": both(
        "几何平均：贡献之和是分数的自然对数。",
        "Geometric mean: the parts add up to the natural logarithm of the score.",
    ),
    "leave_one_out": both(
        "这种平均不能拆开相加：所列是去掉该部分后分数的变化。",
        "This mean does not split into parts: shown is what the score loses without each.",
    ),
    "strengths": both("强于同类", "Ahead of its group"),
    "weaknesses": both("弱于同类", "Behind its group"),
    "overtake": both("怎样能超过前一名（{rival}）", "What would pass the next ({rival})"),
    "overtake_one": both("{indicator}：归一化后提高 {rise}", "{indicator}: {rise} more, normalised"),
    "overtake_none": both("单靠一个指标超不过。", "No single indicator would do."),
    "gaps": both("缺数与推算", "Missing and imputed"),
    "state_missing": both("没有数", "no figure"),
    "state_few": both("件数太少，不计", "too few cases, not counted"),
    "state_undivided": both("没有可除的基数", "nothing to divide by"),
    "state_group_mean": both("以同类均值代入", "the mean of its group put in"),
    "state_zero": both("以零代入", "zero put in"),
    "none": both("无", "none"),
    "points": both("加分与扣分", "Bonus and deduction"),
    "bonus": both("加", "plus"),
    "deduction": both("减", "minus"),
    "how": both("怎样算出来的", "How it is worked out"),
    "steps": both(
        "测得的数 → 小样本修正 → 除以基数 → 处理缺数 → 对数刻度 → 处理离群值 → 归一化 → 逐层合成 → 加分扣分 → 等级。各步用四十位十进制数计算，公布时一次四舍五入，"
        "任何机器算出的都一样。",
        "Measured figures → small samples → denomination → missing data → logarithmic scale → outliers → normalisation → aggregation "
        "level by level → bonus and deduction → grade. All in decimals of forty digits, rounded once when published: the same on every machine.",
    ),
    "digests": both("方案和数据的指纹（SHA-256）", "Fingerprints of scheme and data (SHA-256)"),
    "scheme": both("方案", "Scheme"),
}
METHODS = {
    "minmax": both("最小—最大", "min–max"),
    "zscore": both("标准分", "z-score"),
    "rank": both("名次", "rank"),
    "percentile": both("百分位", "percentile"),
    "distance_to_target": both("距目标", "distance to target"),
    "goalposts": both("标杆", "goalposts"),
    "categorical": both("分档", "classes"),
    "about_mean": both("高于或低于均值", "above or below the mean"),
    "arithmetic": both("算术平均", "arithmetic mean"),
    "geometric": both("几何平均", "geometric mean"),
    "harmonic": both("调和平均", "harmonic mean"),
    "median": both("加权中位数", "weighted median"),
    "reweigh": both("不计，权重重新分配", "left out, weights shared anew"),
    "group_mean": both("代入同类均值", "mean of its group"),
    "zero": both("按零计", "zero"),
    "refuse": both("不接受", "not accepted"),
}
