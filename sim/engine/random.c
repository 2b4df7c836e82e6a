/*
 * Random streams: xoshiro256** seeded by name, and exponential draws by an integer logarithm.
 */
#include "sim/engine/random.h"

#include <stddef.h>

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

#define LOG_BITS   63                           /* fraction bits of the table */
#define SUM_BITS   58                           /* of -ln(U), which reaches 64 ln 2 = 44.4 */
#define LN2        UINT64_C(0x02c5c85fdf533ddf) /* >= table[0], so that the octaves join in order */
#define HALF       (UINT64_C(1) << (LOG_BITS - 1))
#define THIRD      UINT64_C(0x5555555555555555) /* of 2^64 */
#define STEP_BITS  55                           /* the top bit and 8 more choose the row */
#define STEP_COUNT 256

/* Row i, for c = 1 + i/256: 2^72 / (256 c), and -ln(c/2) with 63 fraction bits.
 * Made once by 60-digit decimals; from the last row (0) downwards a row is raised, by 2.7e-12 at
 * most, so that the polynomials of two rows never cross at their border: the draw is monotone to
 * the last bit. */
static const struct {
    uint64_t reciprocal, log;
} table[STEP_COUNT + 1] = {
    /* clang-format off */
    {0xffffffffffffffff, 0x58b90bfbea67bbce}, {0xff00ff00ff00ff00, 0x58394bd15f9d364b},
    {0xfe03f80fe03f80fe, 0x57ba0aa891d7f1c4}, {0xfd08e5500fd08e55, 0x573b4785f2446de8},
    {0xfc0fc0fc0fc0fc0f, 0x56bd0170da8edc3b}, {0xfb18856506ddaba5, 0x563f377381748e25},
    {0xfa232cf252138abf, 0x55c1e89aef8d5838}, {0xf92fb2211855a865, 0x554513f6f44ba330},
    {0xf83e0f83e0f83e0f, 0x54c8b89a1b31ec00}, {0xf74e3fc22c700f74, 0x544cd599a13c7c8f},
    {0xf6603d980f6603d9, 0x53d16a0d6a7e2f0f}, {0xf57403d5d00f5740, 0x5356750ff7ef15bd},
    {0xf4898d5f85bb3950, 0x52dbf5be5d6be892}, {0xf3a0d52cba872336, 0x5261eb3837e521d6},
    {0xf2b9d6480f2b9d64, 0x51e8549fa3bcb9dd}, {0xf1d48bcee0d399fa, 0x516f311933517921},
    {0xf0f0f0f0f0f0f0f0, 0x50f67fcbe5b6dee2}, {0xf00f00f00f00f00f, 0x507e3fe11d98a0f6},
    {0xef2eb71fc4345238, 0x500670849848cff0}, {0xee500ee500ee500e, 0x4f8f10e464f7b107},
    {0xed7303b5cc0ed730, 0x4f182030dc14652d}, {0xec979118f3fc4da1, 0x4ea19d9c96d57aad},
    {0xebbdb2a5c1619c8b, 0x4e2b885c66e88c5a}, {0xeae56403ab95900e, 0x4db5dfa74e4816fc},
    {0xea0ea0ea0ea0ea0e, 0x4d40a2b67736b2e7}, {0xe939651fe2d8d35c, 0x4ccbd0c52c5ee505},
    {0xe865ac7b7603a196, 0x4c576910d116bfaa}, {0xe79372e225fe30d9, 0x4be36ad8d9c6907d},
    {0xe6c2b4481cd85689, 0x4b6fd55ec471dd88}, {0xe5f36cb00e5f36cb, 0x4afca7e61161f832},
    {0xe525982af70c880e, 0x4a89e1b43bf17174}, {0xe45932d7dc52100e, 0x4a178210b377bf0d},
    {0xe38e38e38e38e38e, 0x49a58844d45465a5}, {0xe2c4a6886a4c2e0f, 0x4933f39be1190010},
    {0xe1fc780e1fc780e1, 0x48c2c362fbd18007}, {0xe135a9c97500e135, 0x4851f6e91f6a0872},
    {0xe070381c0e070381, 0x47e18d7f1931c54c}, {0xdfac1f74346c575f, 0x47718677827a28e9},
    {0xdee95c4ca037ba57, 0x4701e126ba51fa04}, {0xde27eb2c41f3d9d1, 0x46929ce2df5ba17e},
    {0xdd67c8a60dd67c8a, 0x4623b903c9be2a27}, {0xdca8f158c7f91ab8, 0x45b534e305306851},
    {0xdbeb61eed19c5957, 0x45470fdbcb1dc210}, {0xdb2f171df7702918, 0x44d9494afce4145a},
    {0xda740da740da740d, 0x446be08f1e2a3430}, {0xd9ba4256c0366e90, 0x43fed5084f4e8e0d},
    {0xd901b2036406c80d, 0x4392261847ed68b0}, {0xd84a598ec9151f42, 0x4325d322517e534b},
    {0xd79435e50d79435e, 0x42b9db8b420849c6}, {0xd6df43fca482f00d, 0x424e3eb976ec1c89},
    {0xd62b80d62b80d62b, 0x41e2fc14cfc4abe3}, {0xd578e97c3f5fe550, 0x41781306a95c89a9},
    {0xd4c77b03531dec0d, 0x410d82f9d8b8961b}, {0xd4173289870ac52d, 0x40a34b5aa6372fb1},
    {0xd3680d3680d3680d, 0x40396b96c8c38fa1}, {0xd2ba083b445250ab, 0x3fcfe31d611cef56},
    {0xd20d20d20d20d20d, 0x3f66b15ef531154f}, {0xd161543e28e50274, 0x3efdd5cd6b89e9f9},
    {0xd0b69fcbd2580d0b, 0x3e954fdc06cdb753}, {0xd00d00d00d00d00d, 0x3e2d1eff6151b82c},
    {0xcf6474a8819ec8e9, 0x3dc542ad68be9dd1}, {0xcebcf8bb5b4169ca, 0x3d5dba5d59c6b502},
    {0xce168a7725080ce1, 0x3cf68587bbed54ee}, {0xcd712752a886d241, 0x3c8fa3a65d5f44d3},
    {0xcccccccccccccccc, 0x3c2914344edbc6b4}, {0xcc29786c7607f99e, 0x3bc2d6addfadf764},
    {0xcb8727c065c393e0, 0x3b5cea9099b635db}, {0xcae5d85f1bbd6c95, 0x3af74f5b3d834573},
    {0xca4587e6b74f0329, 0x3a92048dbe7ae077}, {0xc9a633fcd967300c, 0x3a2d09a93f1171cd},
    {0xc907da4e871146ac, 0x39c85e300d10ae5f}, {0xc86a78900c86a789, 0x396401a59decc826},
    {0xc7ce0c7ce0c7ce0c, 0x38fff38e8b27f679}, {0xc73293d789b9f838, 0x389c33708ec4108e},
    {0xc6980c6980c6980c, 0x3838c0d27fc1f895}, {0xc5fe740317f9d00c, 0x37d59b3c4eae973a},
    {0xc565c87b5f9d4d1b, 0x3772c237023d28b7}, {0xc4ce07b00c4ce07b, 0x3710354cb3ee9df1},
    {0xc4372f855d824ca5, 0x36adf4088cc5d558}, {0xc3a13de60495c773, 0x364bfdf6c20870a1},
    {0xc30c30c30c30c30c, 0x35ea52a4920c0d8b}, {0xc2780613c0309e01, 0x3588f1a0410fa93b},
    {0xc1e4bbd595f6e947, 0x3527da791620f6af}, {0xc152500c152500c1, 0x34c70cbf580d7233},
    {0xc0c0c0c0c0c0c0c0, 0x346688044a5efc9f}, {0xc0300c0300c0300c, 0x34064bda2a63ca70},
    {0xbfa02fe80bfa02fe, 0x33a657d42c4173b6}, {0xbf112a8ad278e8dc, 0x3346ab867812f300},
    {0xbe82fa0be82fa0be, 0x32e7468627116252}, {0xbdf59c91700bdf59, 0x3288286940c74654},
    {0xbd69104707661aa2, 0x322950c6b84e38b3}, {0xbcdd535db1cc5b7b, 0x31cabf366996c3d2},
    {0xbc52640bc52640bc, 0x316c735116ba42a7}, {0xbbc8408cd63069a0, 0x310e6cb0655698b8},
    {0xbb3ee721a54d880b, 0x30b0aaeedbf396d9}, {0xbab656100bab6561, 0x30532da7df71e25c},
    {0xba2e8ba2e8ba2e8b, 0x2ff5f477b0833512}, {0xb9a7862a0ff46587, 0x2f98fefb692bcd75},
    {0xb92143fa36f5e02e, 0x2f3c4cd0fa4ce6ff}, {0xb89bc36ce3e0453a, 0x2edfdd9729381393},
    {0xb81702e05c0b8170, 0x2e83b0ed8d4b4f9b}, {0xb79300b79300b793, 0x2e27c6748d95ab39},
    {0xb70fbb5a19be3658, 0x2dcc1dcd5e8463b3}, {0xb68d31340e4307d8, 0x2d70b699ff9848ef},
    {0xb60b60b60b60b60b, 0x2d15907d39234b85}, {0xb58a485518d1e7e3, 0x2cbaab1a9a0e10b9},
    {0xb509e68a9b94821f, 0x2c60061675a56a1f}, {0xb48a39d44685fe96, 0x2c05a115e16f8fb0},
    {0xb40b40b40b40b40b, 0x2bab7bbeb308fb50}, {0xb38cf9b00b38cf9b, 0x2b5195b77e08c5ca},
    {0xb30f63528917c80b, 0x2af7eea791ec6597}, {0xb2927c29da5519cf, 0x2a9e8636f80ab097},
    {0xb21642c8590b2164, 0x2a455c0e718e024b}, {0xb19ab5c45606f00b, 0x29ec6fd7757568e5},
    {0xb11fd3b80b11fd3b, 0x2993c13c2e9cbbe4}, {0xb0a59b418d749d53, 0x293b4fe779cb7f97},
    {0xb02c0b02c0b02c0b, 0x28e31b84e3ca7976}, {0xafb321a1496fdf0e, 0x288b23c0a77fd9a6},
    {0xaf3addc680af3add, 0x28336847ac11dea8}, {0xaec33e1f671529a4, 0x27dbe8c7830fd89b},
    {0xae4c415c9882b931, 0x2784a4ee66a171f5}, {0xadd5e6323fd48a86, 0x272d9c6b37bc2433},
    {0xad602b580ad602b5, 0x26d6ceed7c5ebf4c}, {0xaceb0f891e6551bb, 0x26803c255dd2eb54},
    {0xac7691840ac76918, 0x2629e3c3a6f48c15}, {0xac02b00ac02b00ac, 0x25d3c579c27eeeda},
    {0xab8f69e28359cd11, 0x257de0f9b95fab2a}, {0xab1cbdd3e2970f5f, 0x252835f6310f1f86},
    {0xaaaaaaaaaaaaaaaa, 0x24d2c42269ee73ad}, {0xaa392f35dc17f00a, 0x247d8b323dab0a6f},
    {0xa9c84a47a07f5637, 0x24288ada1da74d47}, {0xa957fab5402a55fe, 0x23d3c2cf1168bc94},
    {0xa8e83f5717c0a8e8, 0x237f32c6b50b2f78}, {0xa87917088e262b6f, 0x232ada7737b92eef},
    {0xa80a80a80a80a80a, 0x22d6b9975a2957f1}, {0xa79c7b16ea64d422, 0x2282cfde6d20b0dd},
    {0xa72f05397829cbc1, 0x222f1d044ff9deb9}, {0xa6c21df6e1625c7f, 0x21dba0c16f312735},
    {0xa655c4392d7b73a7, 0x21885acec2f52ccd}, {0xa5e9f6ed347f0721, 0x21354ae5cdbc5273},
    {0xa57eb50295fad40a, 0x20e270c09adeb4df}, {0xa513fd6bb00a513f, 0x208fcc19bd34a7a1},
    {0xa4a9cf1d96833751, 0x203d5cac4db9a48e}, {0xa44029100a440291, 0x1feb2233ea339c64},
    {0xa3d70a3d70a3d70a, 0x1f991c6cb3de97d6}, {0xa36e71a2cb033128, 0x1f474b134e1c9860},
    {0xa3065e3fae7cd0e0, 0x1ef5ade4dd29a8bb}, {0xa29ecf163bb6500a, 0x1ea4449f04d40ce0},
    {0xa237c32b16cfd772, 0x1e530effe73881fc}, {0xa1d139855f7268ed, 0x1e020cc623827ecf},
    {0xa16b312ea8fc377c, 0x1db13db0d4b06576}, {0xa105a932f2ca891e, 0x1d60a17f905b9784},
    {0xa0a0a0a0a0a0a0a0, 0x1d1037f265845dfc}, {0xa03c1688732b3032, 0x1cc000c9db61969c},
    {0x9fd809fd809fd809, 0x1c6ffbc6f0341872}, {0x9f747a152d7836d0, 0x1c2028ab181dc1c7},
    {0x9f1165e7254813e2, 0x1bd087383bfc21ad}, {0x9eaecc8d53ae2dde, 0x1b811730b846afd6},
    {0x9e4cad23dd5f3a20, 0x1b31d8575bf0856c}, {0x9deb06c9194aa416, 0x1ae2ca6f674d89f5},
    {0x9d89d89d89d89d89, 0x1a93ed3c8afb0782}, {0x9d2921c3d6411307, 0x1a454082e6cb9995},
    {0x9cc8e160c3fb19b8, 0x19f6c40708b66a68}, {0x9c69169b30446df9, 0x19a8778debc9b27e},
    {0x9c09c09c09c09c09, 0x195a5adcf7206e7a}, {0x9baade8e4a2f6e0f, 0x190c6db9fcdb3f93},
    {0x9b4c6f9ef03a3ca9, 0x18beafeb391c6b16}, {0x9aee72fcf957c10f, 0x187121375106ed92},
    {0x9a90e7d95bc609a9, 0x1823c16551c0969b}, {0x9a33cd67009a33cd, 0x17d6903caf772217},
    {0x99d722dabde58f06, 0x17898d8544684448}, {0x997ae76b50efd009, 0x173cb9074fec9e0f},
    {0x991f1a515885fb37, 0x16f0128b75858ed6}, {0x98c3bac74f5db009, 0x16a399dabbedd9eb},
    {0x9868c809868c8098, 0x16574ebe8c2d1535}, {0x980e4156201301c8, 0x160b3100b0add744},
    {0x97b425ed097b425e, 0x15bf406b54569aff}, {0x975a750ff68a58af, 0x15737cc901a54f4e},
    {0x97012e025c04b809, 0x1527e5e4a1cd8949}, {0x96a850096a850096, 0x14dc7b897bd94f97},
    {0x964fda6c0964fda6, 0x14913d8333cc75db}, {0x95f7cc72d1b887e8, 0x14462b9dc9ca7f23},
    {0x95a02568095a0256, 0x13fb45a5993efe76}, {0x9548e4979e0829fc, 0x13b08b6758086cdc},
    {0x94f2094f2094f209, 0x1365fcb015a56c26}, {0x949b92ddc02526e4, 0x131b994d3a646e21},
    {0x9445809445809445, 0x12d1610c8695b7cc}, {0x93efd1c50e726b7c, 0x128753bc11bfb86e},
    {0x939a85c40939a85c, 0x123d712a49d5ac6e}, {0x93459be6b0093459, 0x11f3b925f270840f},
    {0x92f113840497889c, 0x11aa2b7e240a0635}, {0x929cebf48bbd90e5, 0x1160c8024b3a2784},
    {0x9249249249249249, 0x11178e8227f68e4d}, {0x91f5bcb8bb02d9cc, 0x10ce7ecdccd43bd1},
    {0x91a2b3c4d5e6f809, 0x108598b59e4b5389}, {0x9150091500915009, 0x103cdc0a51fcf939},
    {0x90fdbc090fdbc090, 0x0ff4489cedfb3eb2}, {0x90abcc0242af3009, 0x0fabde3ec8131a40},
    {0x905a38633e06c43a, 0x0f639cc185185eee}, {0x9009009009009009, 0x0f1b83f71833afc7},
    {0x8fb823ee08fb823e, 0x0ed393b1c232676f}, {0x8f67a1e3fdc26178, 0x0e8bcbc410d86d83},
    {0x8f1779d9fdc3a218, 0x0e442c00de33f33d}, {0x8ec7ab397255e41d, 0x0dfcb43b4ff31105},
    {0x8e78356d1408e783, 0x0db56446d6bb3ea1}, {0x8e2917e0e702c6cd, 0x0d6e3bf72d829fdb},
    {0x8dda520237694808, 0x0d273b2058eb1f7a}, {0x8d8be33f95d71590, 0x0ce06196a69f52a5},
    {0x8d3dcb08d3dcb08d, 0x0c99af2eacb11ea7}, {0x8cf008cf008cf008, 0x0c5323bd48fa1b62},
    {0x8ca29c046514e023, 0x0c0cbf17a07daca5}, {0x8c55841c815ed5ca, 0x0bc681131eccccc3},
    {0x8c08c08c08c08c08, 0x0b806985756b82dd}, {0x8bbc50c8deb420c0, 0x0b3a78449b37ff60},
    {0x8b70344a139bc75a, 0x0af4ad26cbd3595b}, {0x8b246a87e19008b2, 0x0aaf0802870be752},
    {0x8ad8f2fba9386822, 0x0a6988ae90492e5c}, {0x8a8dcd1feeae465c, 0x0a242f01edf96254},
    {0x8a42f8705669db46, 0x09defad3e9007218}, {0x89f87469a23920e0, 0x0999ebfc0c289ad1},
    {0x89ae4089ae4089ae, 0x0955025223947d46}, {0x89645c4f6e055deb, 0x09103dae3c32b072},
    {0x891ac73ae9819b50, 0x08cb9de8a332cc84}, {0x88d180cd3a4133d7, 0x088722d9e57be997},
    {0x8888888888888888, 0x0842cc5acf248d7f}, {0x883fddf00883fddf, 0x07fe9a446aec0409},
    {0x87f78087f78087f7, 0x07ba8c7001b51d38}, {0x87af6fd5992d0d40, 0x0776a2b71a024cfe},
    {0x8767ab5f34e47ef1, 0x0732dcf37773281f}, {0x872032ac13008720, 0x06ef3aff1a4339d3},
    {0x86d905447a34acc6, 0x06abbcb43eca2e01}, {0x869222b1acf1ce96, 0x066861ed5cfd4bcb},
    {0x864b8a7de6d1d608, 0x06252a8527f23c43}, {0x86053c345a0b8473, 0x05e216568d631952},
    {0x85bf37612cee3c9a, 0x059f253cb533c0aa}, {0x85797b917765ab89, 0x055c571300f866e1},
    {0x8534085340853408, 0x0519abb50b7d66bc}, {0x84eedd357c1b0084, 0x04d722fea85048ec},
    {0x84a9f9c8084a9f9c, 0x0494bccbe34a004a}, {0x84655d9bab2f1008, 0x045278f9001a56f1},
    {0x8421084210842108, 0x0410576279d48882}, {0x83dcf94dc7570ce0, 0x03ce57e5027d05dd},
    {0x839930523fbe3367, 0x038c7a5d82985ec8}, {0x8355ace3c897db0f, 0x034abea918bb4df6},
    {0x83126e978d4fdf3b, 0x030924a5191be3f5}, {0x82cf750393ac3319, 0x02c7ac2f0d23cd87},
    {0x828cbfbeb9a020a3, 0x02865524b303b211}, {0x824a4e60b3262bc4, 0x02451f63fd47a6bd},
    {0x8208208208208208, 0x02040acb126cb302}, {0x81c635bc123fdf8e, 0x01c317384c776361},
    {0x81848da8faf0d277, 0x0182448a388b670a}, {0x814327e3b94f462f, 0x0141929f96843556},
    {0x8102040810204081, 0x01010157588eb7ed}, {0x80c121b28bd1ba97, 0x00c09090a2c3f67f},
    {0x8080808080808080, 0x0080402acac4c112}, {0x8040201008040201, 0x00401005575655e9},
    {0x8000000000000000, 0x0000000000000000},
    /* clang-format on */
};

static uint64_t rotate_left(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

/* splitmix64 (Steele, Lea, Flood 2014): a step and a mix. */
static uint64_t seed_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* The terminating zero is mixed in too, so that ("ab", "c") is not ("a", "bc"). */
static uint64_t seed_with_text(uint64_t state, const char *text)
{
    for (size_t i = 0;; i++) {
        state ^= (unsigned char)text[i];
        state = seed_next(&state);
        if (text[i] == '\0') {
            return state;
        }
    }
}

struct stream stream_of(uint64_t seed, const char *component, const char *purpose)
{
    uint64_t state = seed_with_text(seed_with_text(seed_next(&seed), component), purpose);
    struct stream stream;
    for (int i = 0; i < 4; i++) {
        stream.s[i] = seed_next(&state);
    }
    return stream;
}

/* xoshiro256** 1.0 (Blackman, Vigna 2018). */
uint64_t stream_next(struct stream *stream)
{
    uint64_t *s = stream->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t stream_below(struct stream *stream, uint64_t bound)
{
    return (uint64_t)((wide)stream_next(stream) * bound >> 64);
}

bool stream_chance(struct stream *stream, uint64_t chance, uint64_t per)
{
    return stream_below(stream, per) < chance;
}

/* -ln(x / 2^64) for x > 0, with 58 fraction bits: x = 2^(63-k) m, 1 <= m < 2, and with c the row
 * nearest to m and t = (m-c)/c:  k ln 2 - ln(c/2) - t + t^2 (1/2 - t/3).  Scaled so that each
 * product is read from its upper half: shifts across 128 bits are slow. */
static uint64_t minus_log(uint64_t x)
{
    unsigned octave = (unsigned)__builtin_clzll(x);
    uint64_t m = x << octave;
    uint64_t c = (m >> STEP_BITS) + (m >> (STEP_BITS - 1) & 1);
    uint64_t reciprocal = table[c - STEP_COUNT].reciprocal;
    int64_t offset = (int64_t)(m - (c << STEP_BITS)); /* |offset| <= 2^54, also when c wraps */
    int64_t t = (int64_t)((signed_wide)offset * reciprocal >> 64);         /* 63 bits */
    uint64_t t2 = (uint64_t)((signed_wide)(4 * t) * (4 * t) >> 64);        /* 66 bits */
    int64_t third = (int64_t)((signed_wide)t * THIRD >> 64);               /* 63 bits */
    uint64_t rest = (uint64_t)((wide)t2 * (HALF - (uint64_t)third) >> 64); /* 65 bits */
    uint64_t log = table[c - STEP_COUNT].log - (uint64_t)t + (rest >> 2);
    return octave * LN2 + (log >> (LOG_BITS - SUM_BITS));
}

uint64_t stream_exponential(struct stream *stream, uint64_t mean)
{
    uint64_t x = stream_next(stream) + 1; /* U = x / 2^64, in (0, 1] */
    if (x == 0) {
        return 0;
    }
    wide product = (wide)minus_log(x) * (mean << (64 - SUM_BITS));
    return (uint64_t)(product >> 64) + ((uint64_t)product >> 63); /* rounded */
}
