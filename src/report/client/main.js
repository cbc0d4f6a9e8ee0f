// The script of every page. Each part looks for its own elements and does nothing where there are none.

import { startCurves } from "./curves.js";
import { startMatrix } from "./matrix.js";
import { startStillPictures } from "./pictures.js";
import { startRunTable } from "./run-table.js";
import { startSamples } from "./samples.js";
import { startSweep } from "./sweep.js";
import { startViewer } from "./viewer.js";

startStillPictures();
const viewer = startViewer();
startSamples(viewer);
startCurves();
startRunTable();
startSweep();
startMatrix();
