"""Words for the organs of the atlas, and where a text uses them.

Whole words, any case, the longest phrase first. Phrases that only look like an organ ("kidney beans",
"hepatocyte nuclear factor") are consumed without a mention; anatomy that the atlas does not have
("prostate") or cannot tell apart ("bowel") is a mention without an organ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

ALIASES: dict[str, tuple[str, ...]] = {
    "brain": (
        "brain", "brains", "brainstem", "brain stem", "cerebrum", "cerebral", "cerebellum", "cerebellar",
        "cerebral cortex", "cerebral hemisphere", "cerebral hemispheres", "encephalon", "forebrain",
        "midbrain", "hindbrain", "intracranial", "intracerebral", "frontal lobe", "frontal lobes",
        "temporal lobe", "temporal lobes", "parietal lobe", "parietal lobes", "occipital lobe",
        "occipital lobes", "hippocampus", "hippocampal", "hypothalamus", "hypothalamic", "thalamus",
        "thalamic", "amygdala", "basal ganglia", "substantia nigra", "corpus callosum",
        "lateral ventricle", "lateral ventricles", "third ventricle", "fourth ventricle",
        "cerebral ventricle", "cerebral ventricles", "brain ventricles", "ventricles of the brain",
    ),
    "thyroid": ("thyroid", "thyroid gland", "thyroid glands"),
    "spine": (
        "spine", "spines", "spinal", "spinal column", "spinal cord", "backbone", "vertebra", "vertebrae",
        "vertebral", "cervical spine", "cervical vertebra", "cervical vertebrae", "thoracic spine",
        "lumbar spine", "intervertebral",
    ),
    "lung": (
        "lung", "lungs", "pulmonary", "intrapulmonary", "bronchus", "bronchi", "bronchial", "bronchiole",
        "bronchioles", "alveoli", "pulmonary alveolus", "lung alveolar", "alveolar capillary",
        "alveolar capillaries",
    ),
    "heart": (
        "heart", "hearts", "cardiac", "myocardium", "myocardial", "endocardium", "endocardial",
        "pericardium", "pericardial", "heart muscle", "coronary", "mitral valve", "aortic valve",
        "tricuspid valve", "pulmonary valve", "pulmonic valve", "heart ventricle", "heart ventricles",
        "left ventricle", "right ventricle", "left ventricular", "right ventricular", "left atrium",
        "right atrium", "left atrial", "right atrial", "atria", "heart atrium", "ventricles of the heart",
        "lower chambers of the heart", "upper chambers of the heart", "atrial fibrillation",
        "atrial flutter", "atrial arrhythmia", "atrial arrhythmias", "atrial septostomy",
        "ventricular extrasystoles", "ventricular premature", "atrial myocardium",
        "atrial tachycardia", "atrial septal", "atrial septum", "atrioventricular",
        "ventricular fibrillation", "ventricular tachycardia", "ventricular arrhythmia",
        "ventricular arrhythmias", "ventricular septal", "ventricular septum", "ventricular hypertrophy",
        "ventricular ejection", "ventricular dysfunction", "ventricular contraction",
        "ventricular contractions", "interventricular septum",
    ),
    "thymus": ("thymus", "thymus gland", "thymic"),
    "esophagus": (
        "esophagus", "oesophagus", "esophageal", "oesophageal", "gullet", "food pipe", "foodpipe",
    ),
    "rib cage": (
        "rib", "ribs", "rib cage", "ribcage", "clavicle", "clavicles", "clavicular", "collarbone",
        "collarbones", "collar bone", "scapula", "scapulae", "scapular", "shoulder blade", "shoulder blades",
    ),
    "liver": (
        "liver", "livers", "hepatic", "intrahepatic", "hepatocellular", "hepatocyte", "hepatocytes",
    ),
    "gallbladder": (
        "gallbladder", "gallbladders", "gall bladder", "gall bladders", "bile duct", "bile ducts", "biliary",
        "cystic duct",
    ),
    "stomach": (
        "stomach", "stomachs", "gastric", "intragastric", "gastric cardia", "cardia", "cardiac orifice",
        "cardiac sphincter", "pylorus", "pyloric",
    ),
    "spleen": ("spleen", "spleens", "splenic"),
    "pancreas": ("pancreas", "pancreatic", "islets of langerhans", "pancreatic islets"),
    "kidney": (
        "kidney", "kidneys", "renal", "renal pelvis", "kidney pelvis", "nephron", "nephrons", "glomerulus",
        "glomeruli", "glomerular filtration", "glomerular disease", "glomerular diseases",
        "glomerular basement membrane",
    ),
    "adrenal gland": (
        "adrenal", "adrenals", "adrenal gland", "adrenal glands", "adrenal cortex", "adrenal medulla",
        "adrenocortical", "suprarenal gland", "suprarenal glands",
    ),
    "colon": (
        "colon", "colonic", "large intestine", "large intestines", "large bowel", "colorectal",
        "ascending colon", "transverse colon", "descending colon", "sigmoid colon", "sigmoid", "cecum",
        "caecum", "cecal", "caecal",
    ),
    "small intestine": (
        "small intestine", "small intestines", "small intestinal", "small bowel", "duodenum", "duodenal",
        "jejunum", "jejunal", "ileum", "ileal",
    ),
    "pelvis": (
        "pelvis", "pelvic bone", "pelvic bones", "bony pelvis", "hip bone", "hip bones", "hipbone",
        "hipbones", "sacrum", "ilium", "ischium",
    ),
    "urinary bladder": ("urinary bladder", "urinary bladders", "bladder", "bladders", "intravesical"),
    "uterus": (
        "uterus", "uterine", "intrauterine", "womb", "endometrium", "endometrial", "myometrium", "cervix",
        "cervical cancer", "cervical cancers", "cervical canal", "cervical dysplasia",
        "cervical intraepithelial", "uterine cervix",
    ),
    "ovary": ("ovary", "ovaries", "ovarian"),
    "testis": ("testis", "testes", "testicle", "testicles", "testicular"),
}  # fmt: skip

PARTS: dict[str, str] = {
    "ascending colon": "ascending colon",
    "cecum": "ascending colon",
    "caecum": "ascending colon",
    "cecal": "ascending colon",
    "caecal": "ascending colon",
    "transverse colon": "transverse colon",
    "descending colon": "descending colon",
    "sigmoid colon": "sigmoid colon",
    "sigmoid": "sigmoid colon",
    "clavicle": "clavicle",
    "clavicles": "clavicle",
    "clavicular": "clavicle",
    "collarbone": "clavicle",
    "collarbones": "clavicle",
    "collar bone": "clavicle",
    "scapula": "scapula",
    "scapulae": "scapula",
    "scapular": "scapula",
    "shoulder blade": "scapula",
    "shoulder blades": "scapula",
}
"""Aliases of a part that the atlas has as a solid of its own."""

OUTSIDE: tuple[str, ...] = (
    "prostate", "trachea", "windpipe", "aorta", "larynx", "voice box", "pharynx", "tonsil", "tonsils",
    "breast", "breasts", "parathyroid", "parathyroids", "parathyroid gland", "parathyroid glands",
    "pituitary", "pituitary gland", "appendix vermiformis", "rectum", "rectal", "ureter", "ureters",
    "urethra", "vagina", "placenta", "diaphragm", "bowel", "bowels", "intestine", "intestines",
    "intestinal",
)  # fmt: skip
"""Anatomy that the atlas lacks, or that could be several of its organs (bowel)."""

NOT_ANATOMY: tuple[str, ...] = (
    "by heart", "at heart", "heart of gold", "heart of the matter", "heart of the city",
    "heart of the town", "heart of the country", "heart of the problem", "heart of darkness",
    "heart to heart", "ace of hearts", "king of hearts", "queen of hearts", "jack of hearts",
    "change of heart", "take heart", "kidney bean", "kidney beans", "kidney pie", "kidney shaped",
    "brain drain", "brain teaser", "brain trust", "liver pate", "chopped liver", "spare ribs",
    "ribs of beef", "spine of the book", "spines of the books", "swim bladder", "olfactory glomeruli",
    "olfactory glomerulus", "hepatocyte nuclear factor", "hepatocyte growth factor", "liver kinase",
    "liver x receptor", "liver x receptors", "brain derived neurotrophic factor",
    "brain natriuretic peptide", "thyroid hormone receptor", "thyroid transcription factor",
    "heart and neural crest derivatives", "cardiac notch of the lung", "semi colon",
    "heart, lung, and blood institute", "heart lung and blood institute", "digestive and kidney diseases",
    "american heart association", "american lung association", "national kidney foundation",
    "american liver foundation", "national spinal cord injury association", "brain injury association",
    "lung, and blood institute",
)  # fmt: skip
"""Phrases with an organ's word that name no organ; genes and institutions among them."""


Side = Literal["left", "right", ""]


@dataclass(frozen=True)
class Meaning:
    """What a phrase names in an atlas."""

    organ: str
    """Empty for anatomy that the atlas does not have."""
    part: str = ""
    """Name of the structure, where the phrase says which; else empty."""
    side: Side = ""
    """Where the phrase itself says which ("left upper lobe"); else empty."""


@dataclass(frozen=True)
class Mention:
    """An anatomical word at ``[start, end)`` of a text."""

    start: int
    end: int
    surface: str
    organ: str
    """Empty for anatomy that the atlas does not have."""
    part: str
    """Name of the solid, where the word says which; else empty."""
    side: Side = ""
    """The side that the words themselves name."""


class Vocabulary:
    """Phrases (lower case, single spaces) and what they mean; finds them in texts."""

    def __init__(self, phrases: Mapping[str, Meaning]) -> None:
        self._phrases = dict(phrases)
        known = sorted({*phrases, *NOT_ANATOMY}, key=lambda phrase: (-len(phrase), phrase))
        words = "|".join(re.escape(phrase).replace(r"\ ", r"[\s-]+") for phrase in known)
        self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    def mentions(self, text: str) -> list[Mention]:
        """Anatomical words in order of place; none overlaps another."""
        found = []
        for match in self._pattern.finditer(text):
            meaning = self._phrases.get(as_phrase(match.group()))
            if meaning is not None:
                names = (meaning.organ, meaning.part, meaning.side)
                found.append(Mention(match.start(), match.end(), match.group(), *names))
        return found


def as_phrase(surface: str) -> str:
    return re.sub(r"[\s-]+", " ", surface.strip().lower())


@cache
def phantom_vocabulary() -> Vocabulary:
    """The words of the phantom's organs, and of what it lacks."""
    phrases = {
        alias: Meaning(organ, PARTS.get(alias, "")) for organ, aliases in ALIASES.items() for alias in aliases
    }
    return Vocabulary(phrases | dict.fromkeys(OUTSIDE, Meaning("")))


def mentions(text: str) -> list[Mention]:
    """Words of the phantom's organs in order of place; none overlaps another."""
    return phantom_vocabulary().mentions(text)
