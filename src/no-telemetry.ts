// Imported before ONNX Runtime, wherever it is loaded: since 1.30 its library writes a device id below the user's cache
// folder and looks up its maker's event host, unless this stands in the environment when it is loaded. Threads and child
// processes inherit it.

process.env.ORT_DISABLE_TELEMETRY = "1";
