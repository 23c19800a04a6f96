import { randomInt } from '#platform/ids';

const adjectives =
  'able bold brave bright brisk calm careful clear clever crisp eager early fair fast fine firm fresh gentle glad grand happy keen kind lively lucky mellow merry neat nimble noble patient placid polite proud quick quiet rare ready rich silent smooth solid steady swift tidy upbeat vivid warm wise'.split(
    ' ',
  );
const animals =
  'ant badger bat bear beaver bee bison boar buck calf carp cat cod colt crab crane crow deer doe dove duck eel elk ewe fawn finch fox frog gnat goat goose gull hare hawk hen heron horse jay koi lamb lark lynx mole moose moth mouse mule newt otter owl ox perch pig pug quail ram rat ray rook seal shark shrew sloth slug snail snake stag stork swan tern toad trout vole wasp whale wolf wren yak'.split(
    ' ',
  );

/** A name for a run that got none, easy to say and to tell from others: `calm-otter-412`. */
export const randomRunName = (): string =>
  `${adjectives[randomInt(adjectives.length)]}-${animals[randomInt(animals.length)]}-${randomInt(1000)}`;
