/** Pictures, videos, sounds; files and game controllers of the reader. */
// Made from @jupyter-widgets/schema 0.5.6: change test/widgets/schema instead, then run npm run controls.
import { Media } from "../behaviour/media.js";
import { type UploadedFile, uploadedFile } from "../behaviour/upload.js";
import { of, own } from "../core/attributes.js";
import { bool, bytes, float, int, list, oneOf, part, reference, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { spec } from "../core/spec.js";
import { Widget } from "../core/widget.js";
import { DESCRIBED, DescriptionWidget, DOM, DOMWidget } from "./dom.js";
import { MODULES } from "./modules.js";
import { ButtonStyle } from "./styles.js";

const IMAGE_MODEL = spec("Image", MODULES.controls, "ImageModel", MODULES.controls, "ImageView", {
  ...DOM,
  format: of(text, "png"),
  height: of(text, ""),
  value: of(bytes, new Uint8Array()),
  width: of(text, ""),
});

/**
 * A picture.
 *
 *   Image.fromFile("slice.png");
 */
export class Image extends Media {
  static {
    Widget.install(Image, IMAGE_MODEL);
  }

  constructor(options: Options<Image> = {}) {
    super(IMAGE_MODEL, options);
  }

  /** The format of the image. Default "png". */
  declare format: string;
  /** Height of the image in pixels. Use layout.height for styling the widget. Default "". */
  declare height: string;
  /** The media data as a memory view of bytes. Default: none. */
  declare value: Uint8Array;
  /** Width of the image in pixels. Use layout.width for styling the widget. Default "". */
  declare width: string;
}

const VIDEO_MODEL = spec("Video", MODULES.controls, "VideoModel", MODULES.controls, "VideoView", {
  ...DOM,
  autoplay: of(bool, true),
  controls: of(bool, true),
  format: of(text, "mp4"),
  height: of(text, ""),
  loop: of(bool, true),
  value: of(bytes, new Uint8Array()),
  width: of(text, ""),
});

/** A video. */
export class Video extends Media {
  static {
    Widget.install(Video, VIDEO_MODEL);
  }

  constructor(options: Options<Video> = {}) {
    super(VIDEO_MODEL, options);
  }

  /** When true, the video starts when it's displayed. Default true. */
  declare autoplay: boolean;
  /** Specifies that video controls should be displayed (such as a play/pause button etc). Default true. */
  declare controls: boolean;
  /** The format of the video. Default "mp4". */
  declare format: string;
  /** Height of the video in pixels. Default "". */
  declare height: string;
  /** When true, the video will start from the beginning after finishing. Default true. */
  declare loop: boolean;
  /** The media data as a memory view of bytes. Default: none. */
  declare value: Uint8Array;
  /** Width of the video in pixels. Default "". */
  declare width: string;
}

const AUDIO_MODEL = spec("Audio", MODULES.controls, "AudioModel", MODULES.controls, "AudioView", {
  ...DOM,
  autoplay: of(bool, true),
  controls: of(bool, true),
  format: of(text, "mp3"),
  loop: of(bool, true),
  value: of(bytes, new Uint8Array()),
});

/** A sound. */
export class Audio extends Media {
  static {
    Widget.install(Audio, AUDIO_MODEL);
  }

  constructor(options: Options<Audio> = {}) {
    super(AUDIO_MODEL, options);
  }

  /** When true, the audio starts when it's displayed. Default true. */
  declare autoplay: boolean;
  /** Specifies that audio controls should be displayed (such as a play/pause button etc). Default true. */
  declare controls: boolean;
  /** The format of the audio. Default "mp3". */
  declare format: string;
  /** When true, the audio will start from the beginning after finishing. Default true. */
  declare loop: boolean;
  /** The media data as a memory view of bytes. Default: none. */
  declare value: Uint8Array;
}

const FILE_UPLOAD_MODEL = spec("FileUpload", MODULES.controls, "FileUploadModel", MODULES.controls, "FileUploadView", {
  ...DESCRIBED,
  accept: of(text, ""),
  button_style: of(oneOf("primary", "success", "info", "warning", "danger", ""), ""),
  description: of(text, "Upload"),
  disabled: of(bool, false),
  error: of(text, ""),
  icon: of(text, "upload"),
  multiple: of(bool, false),
  style: own(part(() => ButtonStyle)),
  value: of(list(uploadedFile), [], { echo: false }),
});

/**
 * A button that takes files of the reader; their bytes are in `value`. Above 10 MB the server drops them.
 *
 *   upload.observe("value", ({ new: [file] }) => console.log(file?.name, file?.size));
 */
export class FileUpload extends DescriptionWidget {
  static {
    Widget.install(FileUpload, FILE_UPLOAD_MODEL);
  }

  constructor(options: Options<FileUpload> = {}) {
    super(FILE_UPLOAD_MODEL, options);
  }

  /** File types to accept, empty string for all. Default "". */
  declare accept: string;
  /** Use a predefined styling for the button. Default "". */
  declare button_style: "primary" | "success" | "info" | "warning" | "danger" | "";
  /** Description of the control. Default "Upload". */
  declare description: string;
  /** Enable or disable button. Default false. */
  declare disabled: boolean;
  /** Error message. Default "". */
  declare error: string;
  /** Font-awesome icon name, without the 'fa-' prefix. Default "upload". */
  declare icon: string;
  /** If True, allow for multiple files upload. Default false. */
  declare multiple: boolean;
  /** How the widget looks. May be given as a plain object of its options. Default: one of its own. */
  declare style: ButtonStyle;
  /** The file upload value. Default []. */
  declare value: readonly UploadedFile[];
}

const CONTROLLER_MODEL = spec("Controller", MODULES.controls, "ControllerModel", MODULES.controls, "ControllerView", {
  ...DOM,
  axes: of(list(reference(() => ControllerAxis)), []),
  buttons: of(list(reference(() => ControllerButton)), []),
  connected: of(bool, false),
  index: of(int, 0),
  mapping: of(text, ""),
  name: of(text, ""),
  timestamp: of(float, 0),
});

/** A game controller of the reader. All but `index` comes from the page. */
export class Controller extends DOMWidget {
  static {
    Widget.install(Controller, CONTROLLER_MODEL);
  }

  constructor(options: Options<Controller> = {}) {
    super(CONTROLLER_MODEL, options);
  }

  /** The axes on the gamepad. Default []. */
  declare axes: readonly ControllerAxis[];
  /** The buttons on the gamepad. Default []. */
  declare buttons: readonly ControllerButton[];
  /** Whether the gamepad is connected. Default false. */
  declare connected: boolean;
  /** The id number of the controller. Default 0. */
  declare index: number;
  /** The name of the control mapping. Default "". */
  declare mapping: string;
  /** The name of the controller. Default "". */
  declare name: string;
  /** The last time the data from this gamepad was updated. Default 0. */
  declare timestamp: number;
}

const CONTROLLER_BUTTON_MODEL = spec(
  "ControllerButton",
  MODULES.controls,
  "ControllerButtonModel",
  MODULES.controls,
  "ControllerButtonView",
  { ...DOM, pressed: of(bool, false), value: of(float, 0) },
);

/** A button of a game controller. */
export class ControllerButton extends DOMWidget {
  static {
    Widget.install(ControllerButton, CONTROLLER_BUTTON_MODEL);
  }

  constructor(options: Options<ControllerButton> = {}) {
    super(CONTROLLER_BUTTON_MODEL, options);
  }

  /** Whether the button is pressed. Default false. */
  declare pressed: boolean;
  /** The value of the button. Default 0. */
  declare value: number;
}

const CONTROLLER_AXIS_MODEL = spec(
  "ControllerAxis",
  MODULES.controls,
  "ControllerAxisModel",
  MODULES.controls,
  "ControllerAxisView",
  { ...DOM, value: of(float, 0) },
);

/** An axis of a game controller. */
export class ControllerAxis extends DOMWidget {
  static {
    Widget.install(ControllerAxis, CONTROLLER_AXIS_MODEL);
  }

  constructor(options: Options<ControllerAxis> = {}) {
    super(CONTROLLER_AXIS_MODEL, options);
  }

  /** The value of the axis. Default 0. */
  declare value: number;
}
