"""Names of people who do not exist: surnames of the Pearl River towns and of those who move there."""

from random import Random

LOCAL: tuple[str, ...] = (
    *"陈黄李梁张叶林何王刘罗谢邓钟卢袁莫尹祁麦蔡郑潘霍温江曾欧区单冼黎邝翟方殷香萧周吴徐朱赖戴詹封苏杜韩利房赵严余冯古卫伦聂练",
    "欧阳",
)
ELSEWHERE: tuple[str, ...] = (
    *(
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹"
        "袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚"
        "谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔"
        "贺赖龚文韦覃莫农蒙"
    ),
    "欧阳",
    "司徒",
)
MEN = {
    1930: "金水润全福禄根柱满添旺树荣炳灿锡容松佳容海成祥喜牛耀祖德",
    1960: "伟强建国军志明文辉华平海波勇斌锋林杰权威健钊沛镇钦炽焕标",
    1985: "俊杰浩鹏宇飞嘉豪健聪锐铭梓轩泽楠凯乐晖骏炜烽捷睿涛键堃喆",
    2005: "子轩梓睿浩然宇辰俊熙博文一诺泽洋皓晨煜星恒瑞乐天佑铭垚骁",
}
WOMEN = {
    1930: "月好桂兰金英秀玉珍凤娥莲带喜彩群娣妹银爱惠笑顺容合转友欢",
    1960: "丽珍燕芳玲红霞萍娟敏静艳慧琼梅英洁芬云莉婵媚结笑少淑婉瑞",
    1985: "婷雪颖佳欣怡琳晓敏嘉慧诗雅思倩韵莹丹妍咏茵晴楚盈蔼淇绮淼",
    2005: "梓涵欣怡诗涵语桐可馨雨萱思妍若曦心悦芷晴乐瑶语嫣舒颖柠珺",
}
RARE = "𠮷滘埗䶮燊喆媓嫚昇堃煊瀞犇骉赟"


def surname(random: Random, local: bool) -> str:
    """A surname, common ones more often."""
    stock = LOCAL if local else ELSEWHERE
    return stock[int(len(stock) * random.random() * random.random() ** 0.7)]


def given(random: Random, sex: str, born: int) -> str:
    """A given name as the parents of that year would choose it; about one in 400 is rarely written."""
    stock = (MEN if sex == "1" else WOMEN)[_wave(born)]
    first = stock[int(len(stock) * random.random())]
    draw = random.random()
    if draw < 0.0025:
        return first + RARE[int(len(RARE) * draw / 0.0025)]
    if draw < 0.15:
        return first
    second = stock[int(len(stock) * random.random())]
    return first + second


def _wave(born: int) -> int:
    return 2005 if born >= 2000 else 1985 if born >= 1980 else 1960 if born >= 1955 else 1930
