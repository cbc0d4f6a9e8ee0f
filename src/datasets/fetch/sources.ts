// What can be fetched: addresses, sizes and MD5 sums as their publishers' servers give them. Data only.
// COCO's official host has no certificate of its own name, so its addresses are plain http; the sums guard them.

export type Source = {
  readonly licence: string;
  /** Where a person can download the same files. */
  readonly page: string;
  readonly files: readonly SourceFile[];
};

export type SourceFile = {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly md5: string;
  readonly place: Place;
};

/** Paths are relative to the root of the data set. */
export type Place =
  | ArchivePlace
  /** A text file as it is. Copies with other line ends are the same list. */
  | { readonly kind: "list"; readonly path: string };

/** A zip or a .tar.gz of which one folder of images is taken, or some files; the rest stays in it. */
export type ArchivePlace = {
  readonly kind: "zip" | "tar";
  readonly paths: readonly string[];
  /** Where a copy of the folder counts as well. */
  readonly alsoIn: readonly string[];
  /** In the folder; null where the paths are files. */
  readonly images: number | null;
  /** At most, on disk. */
  readonly extractedBytes: number;
};

export const cocoLicence =
  "annotations CC BY 4.0; the images belong to Flickr's users and follow its terms of use";
export const celebaLicence =
  "non-commercial research only; by fetching it you accept the agreement on its page";
export const cifarLicence =
  "no licence is stated; the photographs were collected from the web, and its authors ask to be cited (Krizhevsky 2009)";

const cocoPage = "https://cocodataset.org/#download";
const cifarHost = "https://www.cs.toronto.edu/~kriz";
const celebaPage = "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html";

export const sources = {
  "coco-val2017": coco([images("val2017", 5_000, 815_585_330, "442b8da7639aecaf257c1dceb8ba8c80")]),
  "coco-train2017": coco([images("train2017", 118_287, 19_336_861_798, "cced6f7f71b7629ddf16f17bbcfab6b2")]),
  "coco-annotations2017": coco([annotations("2017", 252_907_541, "f4bbac642086de4f52a3fdda2de5fa2c")]),
  "coco-val2014": coco([images("val2014", 40_504, 6_645_013_297, "a3d79f5ed8d289b7a7554ce06a5782b3")]),
  "coco-train2014": coco([images("train2014", 82_783, 13_510_573_713, "0da8c0bd3d6becc4dcb32757491aca88")]),
  "coco-annotations2014": coco([annotations("2014", 252_872_794, "0a379cfc70b0e71301e0f377548639bd")]),
  celeba: {
    licence: celebaLicence,
    page: celebaPage,
    files: [
      {
        name: "list_eval_partition.txt",
        url: drive("0B7EVK8r0v71pY0NSMzRuSXJEVkk", "0-i4TGCi_51OtQ5K9FSp4EDg"),
        bytes: 2_836_386,
        md5: "d32c9cbf5e040fd4025c592c306e6668",
        place: { kind: "list", path: "list_eval_partition.txt" },
      },
      {
        name: "list_attr_celeba.txt",
        url: drive("0B7EVK8r0v71pblRyaVFSWGxPY0U", "0-YW2qIuRcWHy_1C2VaRGL3Q"),
        bytes: 26_721_026,
        md5: "75e246fa4810816ffd6ee81facbd244c",
        place: { kind: "list", path: "list_attr_celeba.txt" },
      },
      {
        name: "img_align_celeba.zip",
        url: drive("0B7EVK8r0v71pZjFTYXZWM3FlRnM", "0-dYn9z10tMJOBAkviAcfdyQ"),
        bytes: 1_443_490_838,
        md5: "00d2c5bc6d35e252742224ab0c1e8fcb",
        place: {
          kind: "zip",
          paths: ["img_align_celeba"],
          alsoIn: ["Img/img_align_celeba"],
          images: 202_599,
          extractedBytes: 2_000_000_000,
        },
      },
    ],
  },
  cifar10: cifar("cifar-10-binary", 170_052_171, "c32a1d4ab5d03f1284b67883e8d87530", [
    "cifar-10-batches-bin",
    [...[1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`), "test_batch.bin", "batches.meta.txt"],
  ]),
  cifar100: cifar("cifar-100-binary", 168_513_733, "03b5dce01913d631647c71ecec9e9cb8", [
    "cifar-100-binary",
    ["train.bin", "test.bin", "fine_label_names.txt", "coarse_label_names.txt"],
  ]),
} satisfies Record<string, Source>;

function cifar(
  archive: string,
  bytes: number,
  md5: string,
  [folder, names]: readonly [string, readonly string[]],
): Source {
  const name = `${archive}.tar.gz`;
  const paths = names.map((each) => `${folder}/${each}`);
  const place = { kind: "tar", paths, alsoIn: [], images: null, extractedBytes: 200_000_000 } as const;
  const files = [{ name, url: `${cifarHost}/${name}`, bytes, md5, place }];
  return { licence: cifarLicence, page: `${cifarHost}/cifar.html`, files };
}

function coco(files: readonly SourceFile[]): Source {
  return { licence: cocoLicence, page: cocoPage, files };
}

function images(split: string, count: number, bytes: number, md5: string): SourceFile {
  return {
    name: `${split}.zip`,
    url: `http://images.cocodataset.org/zips/${split}.zip`,
    bytes,
    md5,
    place: {
      kind: "zip",
      paths: [split],
      alsoIn: [`images/${split}`],
      images: count,
      // JPEG hardly shrinks in a zip.
      extractedBytes: Math.round(bytes * 1.1),
    },
  };
}

function annotations(year: string, bytes: number, md5: string): SourceFile {
  const name = `annotations_trainval${year}.zip`;
  return {
    name,
    url: `http://images.cocodataset.org/annotations/${name}`,
    bytes,
    md5,
    place: {
      kind: "zip",
      paths: ["train", "val"].map((side) => `annotations/instances_${side}${year}.json`),
      alsoIn: [],
      images: null,
      extractedBytes: 600_000_000,
    },
  };
}

/** `confirm=t` answers the question whether a file too large for the virus scan is wanted all the same. */
function drive(id: string, resourceKey: string): string {
  return `https://drive.usercontent.google.com/download?id=${id}&export=download&authuser=0&confirm=t&resourcekey=${resourceKey}`;
}
