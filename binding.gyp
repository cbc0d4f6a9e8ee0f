# The native part (native/): an addon that needs no header but Node's. scripts/build-native.js builds it at install, where it can.
{
  "target_defaults": {
    "cflags": ["-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Wno-psabi", "-Wno-unused-parameter"],
    "cflags_cc": ["-std=c++17"],
    "cflags_cc!": ["-fno-exceptions", "-std=gnu++17", "-std=gnu++20"],
    "xcode_settings": {
      "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
      "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
      "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
      "MACOSX_DEPLOYMENT_TARGET": "11.0",
    },
  },
  "variables": {
    "native_sanitize%": "",
    "kernel_flags": ["-O3", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros"],
  },
  "targets": [
    {
      "target_name": "kernels_baseline",
      "type": "static_library",
      "sources": ["native/kernels/form.cc"],
      "defines": ["HUERISTIC_FORM=baseline"],
      "cflags_cc": ["<@(kernel_flags)"],
      "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(kernel_flags)"]},
    },
    {
      "target_name": "hueristic",
      "sources": [
        "native/addon.cc",
        "native/runtime.cc",
        "native/session.cc",
        "native/kernels/select.cc",
        "native/operators/activation.cc",
        "native/operators/batch-norm.cc",
        "native/operators/convolution.cc",
        "native/operators/operators.cc",
        "native/operators/optimizers.cc",
        "native/operators/scratch.cc",
      ],
      "defines": ["NAPI_VERSION=8"],
      "dependencies": ["kernels_baseline"],
      "conditions": [["target_arch=='x64'", {"dependencies": ["kernels_avx2", "kernels_avx512"]}]],
    },
  ],
  "conditions": [
    ["target_arch=='x64'", {
      "targets": [
        {
          "target_name": "kernels_avx2",
          "type": "static_library",
          "sources": ["native/kernels/form.cc"],
          "defines": ["HUERISTIC_FORM=avx2"],
          "cflags_cc": ["<@(kernel_flags)", "-mavx2", "-mfma"],
          "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(kernel_flags)", "-mavx2", "-mfma"]},
        },
        {
          "target_name": "kernels_avx512",
          "type": "static_library",
          "sources": ["native/kernels/form.cc"],
          "defines": ["HUERISTIC_FORM=avx512"],
          "cflags_cc": [
            "<@(kernel_flags)", "-mavx2", "-mfma",
            "-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mprefer-vector-width=512",
          ],
          "xcode_settings": {
            "OTHER_CPLUSPLUSFLAGS": [
              "<@(kernel_flags)", "-mavx2", "-mfma",
              "-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mprefer-vector-width=512",
            ],
          },
        },
      ],
    }],
    ["native_sanitize!=''", {
      "target_defaults": {
        "cflags": ["-fsanitize=<(native_sanitize)", "-fno-omit-frame-pointer", "-g", "-O1"],
        "ldflags": ["-fsanitize=<(native_sanitize)"],
      },
    }],
  ],
}
