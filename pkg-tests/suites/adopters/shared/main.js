import { story } from "./main-job.js";

window.story = story;
