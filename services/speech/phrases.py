"""What a voice says for signs, formulas and code, in five languages; signs stay in the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Phrases:
    """The words of one language. `{}` stands for what a sign belongs to."""

    code: str = "A {name}code block{lines}."
    name: str = "{} "
    one_line: str = " of one line"
    lines: str = " of {} lines"
    long_code: str = "a piece of code"
    """For code within a sentence that is too long to be said."""
    done: str = "Done: "
    to_do: str = "To do: "
    stop: str = "."
    signs: Mapping[str, str] = field(default_factory=dict)
    """Signs of text and of formulas."""
    units: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """One of it, several of it."""
    formulas: Mapping[str, str] = field(default_factory=dict)
    """Names of LaTeX commands, and shapes: fraction, root, nth-root, power, index, range."""


def _units(text: str) -> dict[str, tuple[str, str]]:
    rows = (row.split(" = ") for row in text.strip().splitlines())
    return {unit.strip(): (words.split(" | ")[0], words.split(" | ")[-1]) for unit, words in rows}


def _table(text: str) -> dict[str, str]:
    rows = (row.partition("=") for row in text.replace(";", "\n").strip().splitlines())
    return {name.strip(): words.strip() for name, _, words in rows}


_ENGLISH = Phrases(
    signs=_table("""
        &=and; + = plus; − = minus; eq=equals; ≠=is not; ≥=at least; ≤=at most; > = greater than
        more=more than
        < = less than; ≈=about; ±=plus or minus; ×=times; ÷=divided by; → = to; ← = from
        ↔=and; over=over; power=to the power of; ²=squared; ³=cubed; √=root of; °=degrees
        @=at; #=number; to=to; yes=Yes; no=No; §=section; ∞=infinity; sharp=sharp
        stars=stars; ↑=up; ↓=down
        $=dollars; €=euros; £=pounds; ¥=yen; ₹=rupees; 1/2=one half; 1/3=one third
        2/3=two thirds; 1/4=one quarter; 3/4=three quarters
    """),
    units=_units("""
        km/h = kilometer per hour | kilometers per hour
        m/s = meter per second | meters per second
        m/s² = meter per second squared | meters per second squared
        Mbit/s = megabit per second | megabits per second
        MB/s = megabyte per second | megabytes per second
        km = kilometer | kilometers
        cm = centimeter | centimeters
        mm = millimeter | millimeters
        m = meter | meters
        km² = square kilometer | square kilometers
        m² = square meter | square meters
        m³ = cubic meter | cubic meters
        kg = kilogram | kilograms
        mg = milligram | milligrams
        g = gram | grams
        ml = milliliter | milliliters
        mph = mile per hour | miles per hour
        °C = degree Celsius | degrees Celsius
        °F = degree Fahrenheit | degrees Fahrenheit
        TB = terabyte | terabytes
        GB = gigabyte | gigabytes
        MB = megabyte | megabytes
        KB = kilobyte | kilobytes
        ms = millisecond | milliseconds
        kWh = kilowatt hour | kilowatt hours
        kW = kilowatt | kilowatts
        GHz = gigahertz
        MHz = megahertz
        Hz = hertz
    """),
    formulas=_table("""
        fraction={} over {}; root=the square root of {}; nth-root=root {} of {}; index={} {}
        power={} to the power of {}; range={} from {} to {} of; under={} over {} of
        sum=the sum; prod=the product; int=the integral; lim=the limit; for={} for {} of
        sin=sine; cos=cosine; tan=tangent; log=log; ln=natural log; prime={} prime
        in=in; notin=not in; forall=for all; exists=there is; subset=subset of; cup=union
        cap=intersection; partial=partial; nabla=nabla; emptyset=the empty set; binom={} choose {}
        vec=vector {}; implies=implies; iff=if and only if; land=and; lor=or; neg=not; mid=given
        !=factorial; propto=is proportional to; equiv=is equivalent to; perp=perpendicular to
    """),
)

_GERMAN = Phrases(
    code="Ein {name}Codeblock{lines}.",
    name="{}-",
    one_line=" mit einer Zeile",
    lines=" mit {} Zeilen",
    long_code="ein Stück Code",
    done="Erledigt: ",
    to_do="Offen: ",
    signs=_table("""
        &=und; + = plus; − = minus; eq=gleich; ≠=ungleich; ≥=mindestens; ≤=höchstens
        > = größer als; more=mehr als; < = kleiner als; ≈=etwa; ±=plus minus; ×=mal; ÷=geteilt durch
        → = nach; ← = von; ↔=und; over=durch; power=hoch; ²=Quadrat; ³=hoch drei; √=Wurzel aus
        °=Grad; @=ät; #=Nummer; to=bis; yes=Ja; no=Nein; §=Paragraf; ∞=unendlich; sharp=sharp
        ↑=steigt; ↓=sinkt; stars=Sterne; $=Dollar; €=Euro; £=Pfund; ¥=Yen; ₹=Rupien; 1/2=ein halb
        1/3=ein Drittel
        2/3=zwei Drittel; 1/4=ein Viertel; 3/4=drei Viertel
    """),
    units=_units("""
        km/h = Kilometer pro Stunde
        m/s = Meter pro Sekunde
        m/s² = Meter pro Quadratsekunde
        Mbit/s = Megabit pro Sekunde
        km² = Quadratkilometer
        m² = Quadratmeter
        m³ = Kubikmeter
        °C = Grad Celsius
        °F = Grad Fahrenheit
    """),
    formulas=_table("""
        fraction={} durch {}; root=Wurzel aus {}; nth-root={}-te Wurzel aus {}; index={} {}
        power={} hoch {}; range={} von {} bis {} über; under={} durch {} über; sum=die Summe
        prod=das Produkt; int=das Integral; lim=der Grenzwert; for={} für {} von
        sin=Sinus; cos=Kosinus; tan=Tangens; log=Logarithmus; ln=natürlicher Logarithmus
        prime={} Strich; in=Element von; notin=nicht Element von; forall=für alle
        exists=es gibt; subset=Teilmenge von; cup=vereinigt mit; cap=geschnitten mit
        partial=partiell; nabla=Nabla; emptyset=die leere Menge; binom={} über {}; vec=Vektor {}
        implies=daraus folgt; iff=genau dann wenn; land=und; lor=oder; neg=nicht; mid=gegeben
        !=Fakultät; propto=ist proportional zu; equiv=ist äquivalent zu; perp=senkrecht zu
    """),
)

_SPANISH = Phrases(
    code="Un bloque de código{name}{lines}.",
    name=" {}",
    one_line=" de una línea",
    lines=" de {} líneas",
    long_code="un fragmento de código",
    done="Hecho: ",
    to_do="Pendiente: ",
    signs=_table("""
        &=y; + = más; − = menos; eq=igual a; ≠=distinto de; ≥=al menos; ≤=como máximo
        > = mayor que; more=más de; < = menor que; ≈=aproximadamente; ±=más o menos; ×=por; ÷=entre
        → = a; ← = de; ↔=y; over=sobre; power=elevado a; ²=al cuadrado; ³=al cubo; √=raíz de
        °=grados; @=arroba; #=número; to=a; yes=Sí; no=No; §=artículo; ∞=infinito; sharp=sharp
        ↑=sube; ↓=baja; stars=estrellas; $=dólares; €=euros; £=libras; ¥=yenes; ₹=rupias
        1/2=un medio
        1/3=un tercio; 2/3=dos tercios; 1/4=un cuarto; 3/4=tres cuartos
    """),
    units=_units("""
        km/h = kilómetros por hora
        m/s = metros por segundo
        m/s² = metros por segundo al cuadrado
        Mbit/s = megabits por segundo
        km² = kilómetros cuadrados
        m² = metros cuadrados
        m³ = metros cúbicos
        °C = grados Celsius
        °F = grados Fahrenheit
    """),
    formulas=_table("""
        fraction={} sobre {}; root=la raíz cuadrada de {}; nth-root=la raíz {} de {}; index={} {}
        power={} elevado a {}; range={} desde {} hasta {} de; under={} sobre {} de; sum=la suma
        prod=el producto; int=la integral; lim=el límite; for={} para {} de; sin=seno; cos=coseno
        tan=tangente; log=logaritmo; ln=logaritmo natural; prime={} prima; in=en; notin=no en
        forall=para todo; exists=existe; subset=subconjunto de; cup=unión; cap=intersección
        partial=parcial; nabla=nabla; emptyset=el conjunto vacío; binom={} sobre {}; vec=vector {}
        implies=implica; iff=si y solo si; land=y; lor=o; neg=no; mid=dado; !=factorial
        propto=es proporcional a; equiv=es equivalente a; perp=perpendicular a
    """),
)

_FRENCH = Phrases(
    code="Un bloc de code{name}{lines}.",
    name=" {}",
    one_line=" d’une ligne",
    lines=" de {} lignes",
    long_code="un morceau de code",
    done="Fait : ",
    to_do="À faire : ",
    signs=_table("""
        &=et; + = plus; − = moins; eq=égale; ≠=différent de; ≥=au moins; ≤=au plus
        > = supérieur à; more=plus de; < = inférieur à; ≈=environ; ±=plus ou moins; ×=fois
        ÷=divisé par
        → = vers; ← = de; ↔=et; over=sur; power=puissance; ²=au carré; ³=au cube; √=racine de
        °=degrés; @=arobase; #=numéro; to=à; yes=Oui; no=Non; §=paragraphe; ∞=infini; sharp=sharp
        ↑=monte; ↓=baisse; stars=étoiles; $=dollars; €=euros; £=livres; ¥=yens; ₹=roupies
        1/2=un demi
        1/3=un tiers; 2/3=deux tiers; 1/4=un quart; 3/4=trois quarts
    """),
    units=_units("""
        km/h = kilomètres par heure
        m/s = mètres par seconde
        m/s² = mètres par seconde carrée
        Mbit/s = mégabits par seconde
        km² = kilomètres carrés
        m² = mètres carrés
        m³ = mètres cubes
        °C = degrés Celsius
        °F = degrés Fahrenheit
    """),
    formulas=_table("""
        fraction={} sur {}; root=la racine carrée de {}; nth-root=la racine {} de {}; index={} {}
        power={} puissance {}; range={} de {} à {} de; under={} sur {} de; sum=la somme
        prod=le produit; int=l’intégrale; lim=la limite; for={} pour {} de; sin=sinus; cos=cosinus
        tan=tangente; log=logarithme; ln=logarithme népérien; prime={} prime; in=dans
        notin=pas dans; forall=pour tout; exists=il existe; subset=sous-ensemble de; cup=union
        cap=intersection; partial=d rond; nabla=nabla; emptyset=l’ensemble vide
        binom={} parmi {}; vec=vecteur {}; implies=implique; iff=si et seulement si; land=et
        lor=ou; neg=non; mid=sachant; !=factorielle; propto=est proportionnel à
        equiv=est équivalent à; perp=perpendiculaire à
    """),
)

_JAPANESE = Phrases(
    code="{lines}{name}コードブロック。",
    name="{}の",
    one_line="1行の",
    lines="{}行の",
    long_code="コード",
    done="完了、",
    to_do="未完了、",
    stop="。",
    signs=_table("""
        &=と; + = プラス; − = マイナス; eq=イコール; ≠=ノットイコール; ≥=以上; ≤=以下
        > = 大なり; more=超
        < = 小なり; ≈=約; ±=プラスマイナス; ×=かける; ÷=わる; → = から; ← = から; ↔=と; over=ぶんの
        power=の累乗; ²=の2乗; ³=の3乗; √=ルート; °=度; @=アット; #=番号; to=から; yes=はい
        no=いいえ; ↑=上昇; ↓=低下; §=第; ∞=無限大; sharp=シャープ; stars=つ星;
        $=ドル; €=ユーロ; £=ポンド; ¥=円; ₹=ルピー
        1/2=二分の一; 1/3=三分の一; 2/3=三分の二; 1/4=四分の一; 3/4=四分の三
    """),
    units=_units("""
        km/h = キロメートル毎時
        m/s = メートル毎秒
        km² = 平方キロメートル
        m² = 平方メートル
        m³ = 立方メートル
        °C = 度
        °F = 華氏度
    """),
    formulas=_table("""
        fraction={1}ぶんの{0}; root=ルート{}; nth-root={1}の{0}乗根; index={} {}; power={}の{}乗
        range={1}から{2}までの{0}; under={}、{}の; sum=総和; prod=総乗; int=積分; lim=極限
        for={1}のときの{0}; sin=サイン; cos=コサイン; tan=タンジェント; log=ログ; ln=自然対数
        prime={}プライム; in=属する; notin=属さない; forall=すべての
        exists=存在する; subset=部分集合
        cup=和集合; cap=共通部分; partial=偏微分; nabla=ナブラ; emptyset=空集合
        binom={}、{}の組み合わせ
        vec=ベクトル{}; implies=ならば; iff=同値; land=かつ; lor=または; neg=でない; mid=条件
        !=階乗; propto=比例; equiv=合同; perp=垂直
    """),
)

_LANGUAGES = {"en": _ENGLISH, "de": _GERMAN, "es": _SPANISH, "fr": _FRENCH, "ja": _JAPANESE}
_OTHER = Phrases()


def phrases_of(language: str) -> Phrases:
    """Find the words of a language by its primary tag ("de").

    Of another language only the signs are left to the voice, which knows them; the rest is English.
    """
    return _LANGUAGES.get(language, _OTHER)


def formula_phrases_of(language: str) -> Phrases:
    """Find the words for formulas, which are English where we have no others."""
    return _LANGUAGES.get(language, _ENGLISH)
