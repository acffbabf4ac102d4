import { serveObjects } from "strongroom/media";

serveObjects();
