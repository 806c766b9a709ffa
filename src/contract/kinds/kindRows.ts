import { type FeatureFile, featuresReasons } from './featureFile.ts';
import type { KindRow } from './kindRow.ts';
import { type ListsFile, listsReasons } from './listsFile.ts';
import { type ModelFile, modelReasons } from './modelFile.ts';
import { type SignalsFile, signalsReasons } from './signalsFile.ts';
import { type SitesFile, sitesReasons } from './sitesFile.ts';
import { type SwitchesFile, switchesReasons } from './switchesFile.ts';

/** The payload of each kind once it was read. Everything typed by kind is a mapped type over this. */
export interface KindFiles {
  lists: ListsFile;
  features: FeatureFile;
  model: ModelFile;
  signals: SignalsFile;
  sites: SitesFile;
  switches: SwitchesFile;
}

/** One row per kind, in the order in which they come into force: what is read before what reads it. */
export const kindRows = {
  lists: {
    says: 'What is known of addresses: country, system, lists that hold them.',
    maker: 'operator',
    /** All steps that they may have are 15.8 MB of base64. */
    payloadBytesMax: 16 << 20,
    reasons: listsReasons,
    group: 'lists',
    companions: ['lists'],
    shippedCompanions: [],
    rehearsal: {
      tries: 'rules, with the old lists and the new: whom they would block now; and all that scores do',
      beside: ['lists', 'features', 'model', 'signals', 'sites'],
    },
    rollout: 'staged',
    demotion: 'alone',
    isOftenNewest: false,
    isNeeded: false,
    isFreezable: true,
    isShipped: false,
    /** They come once a day and are large. */
    versionsKept: 10,
    isLogged: false,
    verb: 'make, show, publish what is known of addresses: country, system, lists',
  },
  features: {
    says: 'The inputs that the model reads, and how each is computed.',
    maker: 'factory',
    /** The 100 that are shipped take 15 KB; a text in their parameters may have 1,024 characters. */
    payloadBytesMax: 1 << 20,
    reasons: featuresReasons,
    group: 'scores',
    companions: ['features', 'model'],
    /** An upgrade of the software brings these names, so they are no growth. */
    shippedCompanions: ['features'],
    rehearsal: { tries: 'scores, old and new: how far they move', beside: ['lists', 'features', 'model', 'signals'] },
    rollout: 'staged',
    demotion: 'with-group',
    isOftenNewest: false,
    isNeeded: false,
    isFreezable: true,
    isShipped: true,
    versionsKept: 50,
    isLogged: true,
    verb: 'show, publish, roll back, freeze the feature file',
  },
  model: {
    says: 'The forest that makes a score of the features.',
    maker: 'operator',
    /** 300 trees × depth 6 have 38,100 nodes; a node is about 40 bytes of JSON. */
    payloadBytesMax: 8 << 20,
    reasons: modelReasons,
    group: 'scores',
    companions: ['features'],
    shippedCompanions: [],
    rehearsal: { tries: 'scores, old and new: how far they move', beside: ['lists', 'features', 'model', 'signals'] },
    rollout: 'staged',
    demotion: 'with-group',
    isOftenNewest: false,
    isNeeded: false,
    isFreezable: true,
    isShipped: true,
    versionsKept: 50,
    isLogged: true,
    verb: 'the same for the model',
  },
  /*
   * Signals come into force with features and model as one set and are rehearsed with them, but are given up alone: what
   * reads them does without where there are none, so signals that are lost must not cost an edge its model, nor a new hour
   * of them push out the features and the model that it could go back to.
   */
  signals: {
    says: "How the whole fleet's traffic looked in one hour, per fingerprint and network.",
    maker: 'factory',
    /** 5,000 rows of 8 figures with 3 decimals and a key are some 300 KB. */
    payloadBytesMax: 1 << 20,
    reasons: signalsReasons,
    group: 'scores',
    companions: ['signals'],
    shippedCompanions: [],
    // They come every few minutes: reading the lists each time would cost more than it shows.
    rehearsal: { tries: 'scores, old and new: how far they move', beside: ['features', 'model', 'signals'] },
    rollout: 'staged',
    demotion: 'alone',
    isOftenNewest: true,
    isNeeded: false,
    isFreezable: true,
    isShipped: false,
    versionsKept: 50,
    isLogged: true,
    verb: 'the same for the signals of the whole fleet',
  },
  sites: {
    says: 'Hosts, their origins, rules and settings.',
    maker: 'edge',
    /** 1,000 sites of 4 KiB each. */
    payloadBytesMax: 4 << 20,
    reasons: sitesReasons,
    group: 'sites',
    companions: [],
    shippedCompanions: [],
    rehearsal: { tries: 'rules with the score absent: what they would block for that', beside: ['sites'] },
    rollout: 'staged',
    demotion: 'alone',
    isOftenNewest: false,
    isNeeded: true,
    isFreezable: true,
    isShipped: false,
    versionsKept: 50,
    isLogged: true,
    verb: null,
  },
  /* They are thrown because something burns: no stages, no freeze, and no death of workers takes them back. */
  switches: {
    says: 'What is off everywhere: modules, rules, actions.',
    maker: 'control',
    /** 1,000 switches of 65 characters each, with their quotes. */
    payloadBytesMax: 64 << 10,
    reasons: switchesReasons,
    group: 'switches',
    companions: [],
    shippedCompanions: [],
    rehearsal: null,
    rollout: 'at-once',
    demotion: 'never',
    isOftenNewest: false,
    isNeeded: false,
    isFreezable: false,
    isShipped: false,
    versionsKept: 50,
    isLogged: true,
    verb: null,
  },
} as const satisfies { readonly [Kind in keyof KindFiles]: KindRow<keyof KindFiles> };
