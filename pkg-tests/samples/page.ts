import * as backups from "./backups.js";
import * as bundlers from "./bundlers.js";
import * as calls from "./calls.js";
import * as evidence from "./evidence.js";
import * as factors from "./factors.js";
import * as files from "./files.js";
import * as objects from "./objects.js";
import * as devices from "./devices.js";
import * as passkeys from "./passkeys.js";
import * as policies from "./policies.js";
import * as reading from "./reading.js";
import * as readme from "./readme.js";
import * as sidecars from "./sidecars.js";
import * as start from "./start.js";
import * as s3 from "./uploads-s3.js";
import * as tus from "./uploads-tus.js";
import * as uppy from "./uploads-uppy.js";

Object.assign(window, { story: { ...backups, ...bundlers, ...calls, ...devices, ...evidence, ...factors, ...files, ...objects, ...passkeys, ...policies, ...reading, ...readme, ...s3, ...sidecars, ...start, ...tus, ...uppy } });
