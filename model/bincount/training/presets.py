"""Named recipes: ours, and those of the five projects that counted these bins before."""

from dataclasses import replace

from bincount.training.config import TrainConfig

# Their losses were plain cross entropy; their trunks ImageNet's of torchvision unless trained from scratch.
_PLAIN = TrainConfig(
    frozen=0,
    views=None,
    local_width=0,
    dropout=0.0,
    smoothing=0.0,
    softness=0.0,
    pair_weight=0.0,
    items_weight=0.0,
    synthetic=0,
    weight_decay=0.0,
    classes=6,
    at_most=5,
)

PRESETS: dict[str, TrainConfig] = {
    "default": TrainConfig(),
    # As good in a third of the time; but its weights are a file, which not everybody has.
    "detector": TrainConfig(backbone="nanodet_m", frozen=2, epochs=10, pair_weight=0.3),
    # A minute on two cores: to see that everything works. Only the top of a trained trunk learns, from one
    # view of each photo: a pass costs a twelfth of one over a whole ResNet-18, and a few teach something.
    "quick": TrainConfig(
        frozen=6,
        views=1,
        local_width=96,
        epochs=6,
        batch_size=32,
        head_rate=2e-3,
        trunk_rate=4e-4,
        smoothing=0.9,
        synthetic=0,
    ),
    # Frozen ResNet-50, one linear layer: the starter recipe of the Udacity capstone.
    "linear": replace(_PLAIN, backbone="resnet50", frozen=5, head_rate=1e-3, epochs=5),
    # ResNet-50, its last three bottlenecks (layer4) and the head trained.
    "last3": replace(_PLAIN, backbone="resnet50", frozen=4, head_rate=1e-3, trunk_rate=1e-4, epochs=10),
    # ResNet-34 from scratch: SGD .1, momentum .9, weight decay 1e-4, a tenth every ten epochs.
    "scratch34": replace(
        _PLAIN,
        backbone="resnet34",
        pretrained=False,
        optimizer="sgd",
        schedule="steps",
        head_rate=0.1,
        trunk_rate=0.1,
        weight_decay=1e-4,
        batch_size=128,
        epochs=40,
    ),
    # A vision transformer, fine-tuned whole.
    "vit": replace(_PLAIN, backbone="vit_b_16", head_rate=1e-4, trunk_rate=1e-5, epochs=5),
}
