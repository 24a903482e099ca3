"""Words that imply an organ without naming it: its tumours, cells, parts, diseases and operations.

Two sources, neither read off a corpus. Combining forms: a Latin or Greek stem with a medical ending
("nephr" and "ectomy") is of the stem's organ. And a table of words that are of one organ by common medical
knowledge; its parts of organs follow WordNet's part-of relation. Words that may be of several organs
("follicle", "cortex", "cystectomy") are left out.
"""

from __future__ import annotations

import re
from functools import cache

from midspan.models.atlas.language.organs import ALIASES, Mention, as_phrase

STEMS: dict[str, str] = {
    "brain": r"encephal|cerebell|(?:lepto)?meningi?|gli|astr|oligodendr|ependym|medull(?=oblast)",
    "thyroid": r"thyroid|thyr",
    "spine": r"spondyl|vertebr|dis[ck](?=ectom|itis)|lamin(?=ectom|otom|oplast)|myel(?=opath|ogra)",
    "lung": r"pneumon|pneum|pulmon|bronch|bronchiol|alveol",
    "heart": r"cardi|card(?=itis)|valvul|atri(?=otom|oseptostom)",
    "thymus": r"thym",
    "esophagus": r"o?esophag",
    "liver": r"hepat",
    "gallbladder": r"cholecyst|cholangi|choledoch|chol(?=elithiasis)",
    "stomach": r"gastr|pylor",
    "spleen": r"splen",
    "pancreas": r"pancreat|pancre(?=atitis)|insul(?=inoma|itis)",
    "kidney": r"nephr|glomerul|pyel|podocyt",
    "adrenal gland": r"adrenal|ph(?:a?e)ochromocyt",
    "colon": r"colon|col|sigmoid|typhl",
    "small intestine": r"enter|duoden|jejun|ile",
    "pelvis": r"sacroili",
    "urinary bladder": r"cyst(?=itis|oscop|ocele|ostom|ogra|omet)",
    "uterus": r"hyster|metr(?=itis|orrhag)|endometri|myometri|cervic(?=itis)",
    "ovary": r"oophor|ovari",
    "testis": r"orchid?",
}
"""Stems of an organ's words as alternatives of a regular expression; some take certain endings only."""
ENDINGS = (
    r"itis|itides|osis|oses|otic|oma|omas|omata|ism|iasis|algia|itic|ectasis|ectatic"
    r"|ect[oa]m(?:y|ies|[iy][sz]ed)|otom(?:y|ies)|ostom(?:y|ies)|o?scop(?:y|ies|ic)|oplast(?:y|ies)|opexy|orrhaphy"
    r"|ocentesis|ogra(?:m|ms|phy|phic)|o?path(?:y|ies|ic)|omalacia|omegaly|osclero(?:sis|tic)|olith(?:s|iasis)?"
    r"|orrhagia|ocele|ocarcino(?:ma|mas|genesis)|osarcomas?|oblastomas?|omyelitis|omyopath(?:y|ies|ic)"
    r"|ocyt(?:e|es|ic|oma|omas)|omyocytes?|oblasts?|otoxic(?:ity)?|oprotecti(?:ve|on)|oplegi[ac]|omet(?:ry|ric)"
)
PREFIXES = r"(?:\w+[oiy-]|pan)?"
"""Another combining form may stand before: "steatohepatitis", "pericarditis", "electrocardiogram"."""

BEFORE_A_WORD = (
    r"intra|extra|trans|peri|epi|sub|supra|infra|retro|para|juxta|pre|post|inter|endo"
    r"|(?:front|nigr|thalam|cortic|trache|gastr|hepat|cardi|aort|bil|splen|ren|cerebr|spin|utero|vesic|tub)[io]?o"
)
"""What may be joined to a word for an organ or for a part of one: "intrahippocampal", "tracheoesophageal"."""
TERMS: dict[str, str] = {
    "brain": (
        "microglia, microglial, glial cell, oligodendroglial, glioblastoma multiforme, neocortex, "
        "neocortical, prefrontal cortex, frontal cortex, parietal cortex, occipital cortex, "
        "temporal cortex, motor cortex, visual cortex, auditory cortex, somatosensory cortex, "
        "entorhinal cortex, cingulate cortex, striatum, striatal, nigrostriatal, caudate nucleus, "
        "putamen, globus pallidus, subthalamic nucleus, dentate gyrus, gyrus, hippocampi, pons, "
        "pontine, medulla oblongata, locus coeruleus, raphe nucleus, superior colliculus, "
        "inferior colliculus, purkinje cell, telencephalon, diencephalon, mesencephalon, "
        "subventricular zone, choroid plexus, blood brain barrier, dura mater, pia mater, circle "
        "of willis, intraventricular haemorrhage, intraventricular hemorrhage, subarachnoid, "
        "subdural, craniotomy, craniopharyngioma, lobotomy, neurosurgery, hydrocephalus, "
        "anencephaly, microcephaly, cortical neuron, cortical area, cortical region, subcortical, "
        "pineal, pineal gland, pinealoma, central nervous system, white matter, gray matter, grey "
        "matter, insular cortex, insula, premotor, motor area, sensorimotor cortex, eye field, "
        "periventricular, centrum semiovale, corona radiata, olfactory bulb, cerebrovascular, "
        "prosencephalon, rhombencephalon, metencephalon, optic chiasm, mammillary body, broca's "
        "area, wernicke's area, reticular formation, red nucleus, lentiform nucleus, caudate, "
        "nucleus accumbens, ventral tegmental area, neuropil, sylvian fissure, cerebral aqueduct, "
        "falx cerebri, tentorium cerebelli, orbitofrontal cortex, perirhinal cortex, "
        "parahippocampal, barrel cortex, pyramidal cell, pyramidal neuron, granule cell, mossy "
        "fiber, mossy fibre, glia, premotor cortices, motor cortices, frontal cortices, visual "
        "cortices, cochlear nucleus, vestibular nucleus, geniculate nucleus, geniculate body, "
        "inferior olive, ganglionic eminence, cerebral cavernous malformation, frontal eyefield, "
        "motor region, left hemisphere, right hemisphere, thalamocortical, corticothalamic, "
        "entorhinal, perirhinal, orbitofrontal, motor cortical"
    ),
    "thyroid": (
        "goiter, goitre, thyroglobulin, parafollicular cell, thyrotoxicosis, radioiodine, "
        "myxedema, myxoedema, medullary thyroid carcinoma, c cell hyperplasia"
    ),
    "spine": (
        "dorsal horn, ventral horn, dorsal root ganglion, dorsal root ganglia, lumbar puncture, "
        "spinal tap, annulus fibrosus, nucleus pulposus, scoliosis, kyphosis, lordosis, coccyx, "
        "odontoid process, cauda equina, spina bifida, neural arch, herniated disc, herniated "
        "disk, slipped disc, myelomeningocele"
    ),
    "lung": (
        "pneumonia, pneumocyte, pneumothorax, clara cell, alveolar macrophage, alveolar "
        "epithelial, alveolar epithelium, alveolar cell, bronchoalveolar, bronchogenic, non small "
        "cell carcinoma, small cell carcinoma, pleura, pleural, lobectomy of the lung, emphysema, "
        "asthma, surfactant protein, pleural effusion, pleurisy, alveolar wall, alveolar septum, "
        "alveolar septa, lewis lung, bronchioloalveolar, adenocarcinoma of the bronchus"
    ),
    "heart": (
        "mitral, tricuspid, bicuspid valve, semilunar valve, sinoatrial node, sinus node, "
        "papillary muscle, purkinje fiber, purkinje fibre, bundle of his, epicardium, epicardial, "
        "chordae tendineae, coronary artery, foramen ovale, tachycardia, bradycardia, ventricular "
        "myocyte, ventricular cardiomyocyte, atrial myocyte, angina pectoris, coronary bypass, "
        "cardiomegaly, endocardial cushion, aortic stenosis, atrial, auricular appendage, "
        "cardioversion, tetralogy of fallot, ductus arteriosus, interatrial, heart valve, "
        "valvular, tricuspid septal, ventricular wall, interventricular"
    ),
    "thymus": "thymic epithelial, hassall's corpuscle, double positive thymocyte",
    "esophagus": "barrett's esophagus, barrett's metaplasia, barrett's epithelium, dysphagia",
    "rib cage": (
        "sternum, sternal, breastbone, costal, intercostal, costal cartilage, xiphoid process, "
        "manubrium, acromion, glenoid cavity"
    ),
    "liver": (
        "hepatoid, kupffer cell, kupffer's cell, stellate cell, ito cell, portal triad, portal "
        "tract, periportal, perisinusoidal, cirrhosis, cirrhotic, steatohepatitis, falciform "
        "ligament, porta hepatis, bile canaliculus, bile canaliculi, bile canalicular, hepatic "
        "lobule"
    ),
    "gallbladder": "gallstone, cholangiole, bile ductule, sphincter of oddi, ampulla of vater",
    "stomach": (
        "parietal cell, chief cell, gastroduodenal, gastric gland, gastric antrum, antral mucosa, "
        "gastrin cell"
    ),
    "spleen": "red pulp, white pulp, splenic marginal zone",
    "pancreas": (
        "beta cell, β cell, islet cell, islet, islets, langerhans islet, islands of langerhans, "
        "acinar cell, insulinoma, glucagonoma, islet of langerhans, insulin secreting cell, "
        "insulin producing cell, intraductal papillary mucinous neoplasm"
    ),
    "kidney": (
        "mesangial, mesangium, mesangial cell, bowman's capsule, loop of henle, henle's loop, "
        "proximal tubule, distal tubule, proximal tubular, distal tubular, convoluted tubule, "
        "collecting duct, macula densa, juxtaglomerular, glomerular, podocyte, "
        "tubulointerstitial, malpighian corpuscle, uriniferous tubule, metanephros, metanephric, "
        "wilms tumor, wilms tumour, wilms' tumor, wilms' tumour, dialysis, hemodialysis, "
        "haemodialysis, hypernephroma, renin secreting cell, papillary renal, chromophil "
        "carcinoma, chromophobe carcinoma, renal tubule"
    ),
    "adrenal gland": "chromaffin, chromaffin cell, zona glomerulosa, zona fasciculata, zona reticularis",
    "colon": ("colonocyte, colorectum, hartmann's procedure, familial adenomatous polyposis, taenia coli"),
    "small intestine": (
        "paneth cell, peyer's patch, brush border, intestinal villus, intestinal villi, "
        "intestinal crypt, lacteal"
    ),
    "pelvis": (
        "acetabulum, acetabular, iliac crest, pubic symphysis, symphysis pubis, iliac bone, pubic "
        "bone, sacral, sacroiliac, innominate bone"
    ),
    "urinary bladder": (
        "urothelium, urothelial, detrusor, detrusor muscle, transitional cell carcinoma, "
        "vesicoureteral, urothelial carcinoma"
    ),
    "uterus": (
        "leiomyoma of the womb, decidua, decidual, cervical carcinoma, cervical adenocarcinoma, "
        "cervical epithelium, cervical squamous, cervical smear, pap smear, endometrioid, "
        "adenomyosis, trophoblastic implantation site, amniotic cavity, endometrioid "
        "adenocarcinoma"
    ),
    "ovary": (
        "granulosa cell, granulosa, theca cell, theca interna, thecoma, corpus luteum, corpora "
        "lutea, luteal cell, oocyte, graafian follicle, antral follicle, ovarian follicle, "
        "cumulus cell, dysgerminoma, folliculogenesis, luteal, luteal phase defect"
    ),
    "testis": (
        "sertoli, sertoli cell, leydig, leydig cell, spermatogonium, spermatogonia, spermatocyte, "
        "spermatid, seminiferous, seminiferous tubule, seminoma, seminomatous, spermatogenesis, "
        "rete testis"
    ),
    "": (
        "mammary, mammary gland, mastectomy, prostatic, prostatectomy, prostatitis, pituitary "
        "adenoma, anal canal"
    ),
}
"""Phrases, the last word with its plural as well; under "" those of what the atlas lacks."""
CODES: dict[str, str] = {
    "brain": (
        "GBM CNS PCNSL U87 U-87 U87MG U251 U373 T98G LN229 A172 A-172 SVZ BBB U118 U-118 SF-268 "
        "SNB-19 LN18 SF295"
    ),
    "lung": (
        "NSCLC SCLC A549 H1299 H460 H1975 PC9 BEAS-2B Calu-3 ARDS COPD H226 H358 Calu-6 MRC-5 "
        "WI-38 PC-9 HCC827"
    ),
    "heart": "H9c2 CABG LVH LVEF",
    "esophagus": (
        "ESCC GERD GORD KYSE150 KYSE-150 KYSE30 KYSE-30 KYSE410 TE-1 EC9706 EC109 Eca109 Eca-109 OE33"
    ),
    "liver": (
        "HCC HepG2 Hep-G2 Hep3B Hep-3B Huh7 Huh-7 HuH-7 SK-Hep-1 NASH NAFLD BEL-7402 Bel-7402 "
        "SMMC-7721 PLC/PRF/5 H4IIE AML12 Hepa1-6 MHCC97H SNU-449 AS-30D"
    ),
    "stomach": "MKN45 MKN-45 MKN28 MKN-28 SGC-7901 SGC7901 BGC-823 AGS NCI-N87 SNU-1 SNU-16 AZ521",
    "pancreas": (
        "PDAC IPMN MIN6 INS-1 PANC-1 BxPC-3 AsPC-1 MIA-PaCa-2 RIN-m5F Capan-1 Capan-2 MiaPaCa-2 "
        "HPAC SW1990 CFPAC-1"
    ),
    "kidney": (
        "RCC ccRCC HEK293 HEK-293 HEK293T MDCK LLC-PK1 HK-2 COS-7 COS-1 BHK GFR eGFR ESRD 786-O "
        "786-0 A498 Caki-1 Caki-2 ACHN Renca RENCA NRK NRK-52E Vero RKE"
    ),
    "adrenal gland": "PC12 H295R",
    "colon": (
        "CRC HT-29 HT29 HCT116 HCT-116 HCT-15 SW480 SW620 Caco-2 DLD-1 LoVo COLO205 FAP HNPCC "
        "CT26 CT-26 MC38 LS174T HCT-8 WiDr T84 RKO COLO-205"
    ),
    "small intestine": "IEC-6",
    "urinary bladder": "T24 RT4 UMUC3 HTB-9 HTB9 J82 RT112 UM-UC-3",
    "uterus": "HeLa SiHa CaSki Ishikawa HEC-1A HEC1A HEC-1-A AN3CA RL95-2 ME-180 C-33A ME180",
    "ovary": (
        "SKOV3 SKOV-3 SK-OV-3 OVCAR-3 OVCAR3 A2780 PCOS PA-1 ES-2 IGROV1 IGROV-1 CaOV3 OVCAR-8 OVCAR-5 ID8"
    ),
    "testis": "NTERA-2",
    "": "MCF-7 MCF7 MDA-MB-231 T47D SKBR3 LNCaP DU145 PC-3",
}
"""Abbreviations of tumours and diseases and well-known cell lines, in this case only."""


@cache
def _compounds() -> re.Pattern[str]:
    words = sorted((word for word in _simple() if len(word) > 4), key=lambda word: (-len(word), word))
    return re.compile(
        rf"(?<!\w)(?:{BEFORE_A_WORD})-?({'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE
    )


@cache
def _simple() -> dict[str, str]:
    """Names of organs and words that imply one, of a single word each."""
    named = {alias: organ for organ, aliases in ALIASES.items() for alias in aliases}
    return {word: organ for word, organ in (_terms() | named).items() if word.isalpha()}


@cache
def _stems() -> re.Pattern[str]:
    groups = "|".join(f"(?P<s{place}>{stems})" for place, stems in enumerate(STEMS.values()))
    return re.compile(rf"(?<!\w){PREFIXES}(?:{groups})(?:{ENDINGS})(?!\w)", re.IGNORECASE)


@cache
def _terms() -> dict[str, str]:
    return {as_phrase(term): organ for organ, terms in TERMS.items() for term in terms.split(",")}


@cache
def _terms_pattern() -> re.Pattern[str]:
    known = sorted(_terms(), key=lambda term: (-len(term), term))
    words = "|".join(re.escape(term).replace(r"\ ", r"[\s-]+") for term in known)
    return re.compile(rf"(?<!\w)({words})s?(?!\w)", re.IGNORECASE)


@cache
def _codes() -> dict[str, str]:
    return {code: organ for organ, codes in CODES.items() for code in codes.split()}


@cache
def _codes_pattern() -> re.Pattern[str]:
    known = sorted(_codes(), key=lambda code: (-len(code), code))
    words = "|".join(re.escape(code) for code in known)
    return re.compile(rf"(?<![\w-])(?:NCI-)?({words})s?(?!\w)")


def implied_mentions(text: str) -> list[Mention]:
    """Words that imply an organ, in order of place; of those that overlap the first and longest."""
    found = []
    organs = tuple(STEMS)
    for match in _stems().finditer(text):
        place = next(int(name[1:]) for name, value in match.groupdict().items() if value is not None)
        found.append(Mention(*match.span(), match.group(), organs[place], ""))
    for match in _compounds().finditer(text):
        found.append(Mention(*match.span(), match.group(), _simple()[match.group(1).lower()], ""))
    for match in _terms_pattern().finditer(text):
        found.append(Mention(*match.span(), match.group(), _terms()[as_phrase(match.group(1))], ""))
    for match in _codes_pattern().finditer(text):
        found.append(Mention(*match.span(), match.group(), _codes()[match.group(1)], ""))
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
