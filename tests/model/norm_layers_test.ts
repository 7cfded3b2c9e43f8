import { assertEquals } from "@std/assert";
import { normLayers } from "../../lib/model/mod.ts";

Deno.test("normLayers() keeps Conv4's four names, which stored models have", () => {
  assertEquals(normLayers({ channels: 16 }), ["conv1", "conv2", "conv3", "conv4"].map((path) => [path, 16]));
  assertEquals(normLayers({ backbone: "conv4", channels: 16 }), normLayers({ channels: 16 }));
});

Deno.test("normLayers() names each backbone's layers in the order of its pass, with their widths", () => {
  const names = (backbone: "resnet" | "vgg19" | "densenet") =>
    normLayers({ backbone, channels: 4 }).map(([path, width]) => `${path} ${width}`);
  assertEquals(names("resnet"), [
    "stem 4",
    "stage1.conv1 4",
    "stage1.conv2 4",
    ...[[2, 8], [3, 16], [4, 32]].flatMap(([stage, width]) =>
      ["conv1", "conv2", "shortcut"].map((part) => `stage${stage}.${part} ${width}`)
    ),
  ]);
  assertEquals(
    names("vgg19"),
    [[2, 2], [2, 4], [4, 8], [4, 16], [4, 16]].flatMap(([count, width], i) =>
      Array.from({ length: count! }, (_, k) => `group${i + 1}.conv${k + 1} ${width}`)
    ),
  );
  assertEquals(names("densenet"), [
    "stem 4",
    ...["block1.layer1 4", "block1.layer2 6", "block1.layer3 8", "transition1 10"],
    ...["block2.layer1 5", "block2.layer2 7", "block2.layer3 9", "transition2 11"],
    ...["block3.layer1 5", "block3.layer2 7", "block3.layer3 9", "transition3 11"],
    ...["block4.layer1 5", "block4.layer2 7", "block4.layer3 9", "last 11"],
  ]);
});
