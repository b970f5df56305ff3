// The start of the core's scripts; those of modules follow in the same file.

import { listen } from "./commands";
import { watch } from "./session";
import { start } from "./shell";
import { adoptNotices } from "./toast";
import { tellZone } from "./zone";

tellZone();
watch();
start();
listen();
adoptNotices();
