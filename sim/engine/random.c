/*
 * Random streams: xoshiro256** seeded by name, and exponential draws by an integer logarithm.
 */
#include "sim/engine/random.h"

#include <stddef.h>

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

#define LOG_BITS   62                           /* fraction bits of the table and the polynomial */
#define SUM_BITS   58                           /* of -ln(U), which reaches 64 ln 2 = 44.4 */
#define LN2        UINT64_C(0x02c5c85fdf533dd4) /* >= table[0], so that the octaves join in order */
#define STEP_BITS  55                           /* the top bit and 8 more choose the row */
#define STEP_COUNT 256

/* Row i, for c = 1 + i/256: 2^71 / (256 c), and -ln(c/2) with 62 fraction bits.
 * Made once by 60-digit decimals; from the last row (0) downwards a row is raised, by 12.6 million
 * units of 2^-62 (2.7e-12) at most, so that the polynomials of two rows never cross at their
 * border: the draw is monotone to the last bit. */
static const struct {
    uint64_t reciprocal, log;
} table[STEP_COUNT + 1] = {
    /* clang-format off */
    {0x8000000000000000, 0x2c5c85fdf533dd3f}, {0x7f807f807f807f80, 0x2c1ca5e8afce9a7d},
    {0x7f01fc07f01fc07f, 0x2bdd055448ebf83b}, {0x7e8472a807e8472a, 0x2b9da3c2f922364e},
    {0x7e07e07e07e07e07, 0x2b5e80b86d476d78}, {0x7d8c42b2836ed5d2, 0x2b1f9bb9c0ba466d},
    {0x7d1196792909c55f, 0x2ae0f44d77c6ab77}, {0x7c97d9108c2ad432, 0x2aa289fb7a25d0f3},
    {0x7c1f07c1f07c1f07, 0x2a645c4d0d98f55d}, {0x7ba71fe1163807ba, 0x2a266accd09e3da5},
    {0x7b301ecc07b301ec, 0x29e8b506b53f16e5}, {0x7aba01eae807aba0, 0x29ab3a87fbf78a3d},
    {0x7a44c6afc2dd9ca8, 0x296dfadf2eb5f3a8}, {0x79d06a965d43919b, 0x2930f59c1bf2904b},
    {0x795ceb240795ceb2, 0x28f42a4fd1de5c50}, {0x78ea45e77069ccfd, 0x28b7988c99a8bbf2},
    {0x7878787878787878, 0x287b3fe5f2db6ed3}, {0x7807807807807807, 0x283f1ff08ecc4fdd},
    {0x77975b8fe21a291c, 0x280338424c24675a}, {0x7728077280772807, 0x27c78872327bd7e7},
    {0x76b981dae6076b98, 0x278c10186e0a31fb}, {0x764bc88c79fe26d0, 0x2750cece4b6abcbb},
    {0x75ded952e0b0ce45, 0x2715c42e33744592}, {0x7572b201d5cac807, 0x26daefd3a7240ae4},
    {0x7507507507507507, 0x26a0515b3b9b58db}, {0x749cb28ff16c69ae, 0x2665e862962f71ea},
    {0x7432d63dbb01d0cb, 0x262bb488688b5f3d}, {0x73c9b97112ff186c, 0x25f1b56c6ce347a8},
    {0x73615a240e6c2b44, 0x25b7eaaf6238ee2f}, {0x72f9b658072f9b65, 0x257e53f308b0fb84},
    {0x7292cc157b864407, 0x2544f0da1df8b825}, {0x722c996bee290807, 0x250bc10859bbdef2},
    {0x71c71c71c71c71c7, 0x24d2c4226a2a323f}, {0x7162534435261707, 0x2499f9cdf08c7f76},
    {0x70fe3c070fe3c070, 0x246161b17de8bf72}, {0x709ad4e4ba80709a, 0x2428fb748fb503a8},
    {0x70381c0e070381c0, 0x23f0c6bf8c98e215}, {0x6fd60fba1a362baf, 0x23b8c33bc13d13e5},
    {0x6f74ae26501bdd2b, 0x2380f0935d28fc72}, {0x6f13f59620f9ece8, 0x23494e716fadd02f},
    {0x6eb3e45306eb3e45, 0x2311dc81e4df1484}, {0x6e5478ac63fc8d5c, 0x22da9a7182983399},
    {0x6df5b0f768ce2cab, 0x22a387ede58ee07a}, {0x6d978b8efbb8148c, 0x226ca4a57e7209a0},
    {0x6d3a06d3a06d3a06, 0x2235f0478f15198c}, {0x6cdd212b601b3748, 0x21ff6a8427a7467c},
    {0x6c80d901b2036406, 0x21c9130c23f6b3cd}, {0x6c252cc7648a8fa1, 0x2192e99128bf291c},
    {0x6bca1af286bca1af, 0x215cedc5a1042459}, {0x6b6fa1fe52417806, 0x21271f5cbb760dbc},
    {0x6b15c06b15c06b15, 0x20f17e0a67e2556a}, {0x6abc74be1faff2a8, 0x20bc098354ae444e},
    {0x6a63bd81a98ef606, 0x2086c17cec5c4a88}, {0x6a0b9944c3856296, 0x2051a5ad531b9754},
    {0x69b4069b4069b406, 0x201cb5cb6461c74c}, {0x695d041da2292855, 0x1fe7f18eb08e7727},
    {0x6906906906906906, 0x1fb358af7a988a24}, {0x68b0aa1f1472813a, 0x1f7eeae6b5c4f47a},
    {0x685b4fe5e92c0685, 0x1f4aa7ee0366db28}, {0x6806806806806806, 0x1f168f7fb0a8db94},
    {0x67b23a5440cf6474, 0x1ee2a156b45f4e68}, {0x675e7c5dada0b4e5, 0x1eaedd2eace35a02},
    {0x670b453b92840670, 0x1e7b42c3ddf6a9f9}, {0x66b893a954436920, 0x1e47d1d32eafa1eb},
    {0x6666666666666666, 0x1e148a1a276de2dc}, {0x6614bc363b03fccf, 0x1de16b56efd6fb35},
    {0x65c393e032e1c9f0, 0x1dae75484cdb1a72}, {0x6572ec2f8ddeb64a, 0x1d7ba7ad9ec1a23e},
    {0x6522c3f35ba78194, 0x1d490246df3d6fc0}, {0x64d319fe6cb39806, 0x1d1684d49f88b86c},
    {0x6483ed274388a356, 0x1ce42f18068856b6}, {0x64353c48064353c4, 0x1cb200d2cef6639a},
    {0x63e7063e7063e706, 0x1c7ff9c74593fac5}, {0x639949ebc4dcfc1c, 0x1c4e19b8476207d0},
    {0x634c0634c0634c06, 0x1c1c60693fe0fbd4}, {0x62ff3a018bfce806, 0x1beacd9e27574b27},
    {0x62b2e43dafcea68d, 0x1bb9611b811e93e6}, {0x626703d80626703d, 0x1b881aa659f74e83},
    {0x621b97c2aec12652, 0x1b56fa044662ea38}, {0x61d09ef3024ae3b9, 0x1b25fefb610437dd},
    {0x6186186186186186, 0x1af5295249060653}, {0x613c0309e0184f00, 0x1ac478d02087d42c},
    {0x60f25deacafb74a3, 0x1a93ed3c8b107ae6}, {0x60a928060a928060, 0x1a63865fac06b8a8},
    {0x6060606060606060, 0x1a334402252f7ddf}, {0x6018060180601806, 0x1a0325ed1531e4c9},
    {0x5fd017f405fd017f, 0x19d32bea1620b96c}, {0x5f889545693c746e, 0x19a355c33c097911},
    {0x5f417d05f417d05f, 0x1973a3431388b0bb}, {0x5eface48b805efac, 0x19441434a063a2bc},
    {0x5eb4882383b30d51, 0x1914a8635c271bec}, {0x5e6ea9aed8e62dbd, 0x18e55f9b34cb617c},
    {0x5e293205e293205e, 0x18b639a88b5d20e6}, {0x5de420466b1834d0, 0x1887365832ab4bef},
    {0x5d9f7390d2a6c405, 0x185855776df9cb01}, {0x5d5b2b0805d5b2b0, 0x182996d3efb8f0c3},
    {0x5d1745d1745d1745, 0x17fafa3bd8419a1e}, {0x5cd3c31507fa32c3, 0x17cc7f7db495e650},
    {0x5c90a1fd1b7af017, 0x179e26687d267316}, {0x5c4de1b671f0229d, 0x176feecb949c0961},
    {0x5c0b81702e05c0b8, 0x1741d876c6a5a764}, {0x5bc9805bc9805bc9, 0x1713e33a46cad534},
    {0x5b87ddad0cdf1b2c, 0x16e60ee6af423172}, {0x5b46989a072183ec, 0x16b85b4cffcc2410},
    {0x5b05b05b05b05b05, 0x168ac83e9c91a55c}, {0x5ac5242a8c68f3f1, 0x165d558d4d0707f6},
    {0x5a84f3454dca410f, 0x1630030b3ad2b4ab}, {0x5a451cea2342ff4b, 0x1602d08af0b7c774},
    {0x5a05a05a05a05a05, 0x15d5bddf59847d44}, {0x59c67cd8059c67cd, 0x15a8cadbbf046282},
    {0x5987b1a9448be405, 0x157bf753c8f63269}, {0x59493e14ed2a8ce7, 0x154f431b7c0557ea},
    {0x590b21642c8590b2, 0x1522ae0738c700c4}, {0x58cd5ae22b037805, 0x14f637ebbabab412},
    {0x588fe9dc0588fe9d, 0x14c9e09e174e5d92}, {0x5852cda0c6ba4ea9, 0x149da7f3bce5bf6c},
    {0x5816058160581605, 0x14718dc271e53c5c}, {0x57d990d0a4b7ef87, 0x144591e053bfec74},
    {0x579d6ee340579d6e, 0x1419b423d608eef5}, {0x57619f0fb38a94d2, 0x13edf463c187ebef},
    {0x572620ae4c415c98, 0x13c252773350b89d}, {0x56eaf3191fea4543, 0x1396ce359bde11bc},
    {0x56b015ac056b015a, 0x136b6776be2f5f49}, {0x567587c48f32a8dd, 0x13401e12aee9754e},
    {0x563b48c20563b48c, 0x1314f1e1d37a45af}, {0x5601580560158056, 0x12e9e2bce13f7712},
    {0x55c7b4f141ace688, 0x12bef07cdcafd53b}, {0x558e5ee9f14b87af, 0x12941afb18878f6a},
    {0x5555555555555555, 0x1269621134f7397e}, {0x551c979aee0bf805, 0x123ec5991ed584df},
    {0x54e42523d03fab1b, 0x1214456d0ed3a64c}, {0x54abfd5aa0152aff, 0x11e9e16788b45df3},
    {0x54741fab8be05474, 0x11bf99635a859765}, {0x543c8b84471315b7, 0x11956d3b9bdc9722},
    {0x5405405405405405, 0x116b5ccbad14aba3}, {0x53ce3d8b75326a11, 0x114167ef3690581a},
    {0x5397829cbc14e5e0, 0x11178e8227fcef08}, {0x53610efb70b12e3f, 0x10edd060b7989346},
    {0x532ae21c96bdb9d3, 0x10c42d67617a9612}, {0x52f4fb769a3f8390, 0x109aa572e6de28e5},
    {0x52bf5a814afd6a05, 0x107138604d6f5a1d}, {0x5289feb5d805289f, 0x1047e60cde9a537e},
    {0x5254e78ecb419ba8, 0x101eae5626dcd1f6}, {0x5220148805220148, 0x0ff59119f519cde1},
    {0x51eb851eb851eb85, 0x0fcc8e3659ef4b9c}, {0x51b738d165819894, 0x0fa3a589a70e4be2},
    {0x51832f1fd73e6870, 0x0f7ad6f26e94d40f}, {0x514f678b1ddb2805, 0x0f52224f826a0622},
    {0x511be1958b67ebb9, 0x0f29877ff39c40b1}, {0x50e89cc2afb93476, 0x0f01066311c13f1b},
    {0x50b59897547e1bbe, 0x0ed89ed86a583270}, {0x5082d4997965448f, 0x0eb050bfc82dcb78},
    {0x5050505050505050, 0x0e881bf932c22eb4}, {0x501e0b4439959819, 0x0e600064edb0cb03},
    {0x4fec04fec04fec04, 0x0e37fde3781a0bf0}, {0x4fba3d0a96bc1b68, 0x0e1014558c0ee09b},
    {0x4f88b2f392a409f1, 0x0de8439c1dfe108f}, {0x4f576646a9d716ef, 0x0dc08b985c2357a4},
    {0x4f265691eeaf9d10, 0x0d98ec2badf8426f}, {0x4ef583648ca5520b, 0x0d716537b3a6c4b5},
    {0x4ec4ec4ec4ec4ec4, 0x0d49f69e457d837d}, {0x4e9490e1eb208983, 0x0d22a0417365cc87},
    {0x4e6470b061fd8cdc, 0x0cfb6203845b34f1}, {0x4e348b4d982236fc, 0x0cd43bc6f5e4d8fd},
    {0x4e04e04e04e04e04, 0x0cad2d6e7b9036fc}, {0x4dd56f472517b707, 0x0c8636dcfe6d9f89},
    {0x4da637cf781d1e54, 0x0c5f57f59c8e354b}, {0x4d77397e7cabe087, 0x0c38909ba8837689},
    {0x4d4873ecade304d4, 0x0c11e0b2a8e04b0e}, {0x4d19e6b3804d19e6, 0x0beb481e57bb90cd},
    {0x4ceb916d5ef2c783, 0x0bc4c6c2a23421e6}, {0x4cbd73b5a877e804, 0x0b9e5c83a7f64ecb},
    {0x4c8f8d28ac42fd9b, 0x0b780945bac2c72f}, {0x4c61dd63a7aed804, 0x0b51cced5df6ecba},
    {0x4c346404c346404c, 0x0b2ba75f46168a60}, {0x4c0720ab100980e4, 0x0b0598805856eb69},
    {0x4bda12f684bda12f, 0x0adfa035aa2b4d47}, {0x4bad3a87fb452c57, 0x0ab9be6480d2a770},
    {0x4b8097012e025c04, 0x0a93f2f250e6c46e}, {0x4b542804b542804b, 0x0a6e3dc4bdeca795},
    {0x4b27ed3604b27ed3, 0x0a489ec199e63ab8}, {0x4afbe63968dc43f4, 0x0a2315cee4e53f5d},
    {0x4ad012b404ad012b, 0x09fda2d2cc9f7f06}, {0x4aa4724bcf0414fe, 0x09d845b3ac04363a},
    {0x4a7904a7904a7904, 0x09b2fe580ad2b5e0}, {0x4a4dc96ee0129372, 0x098dcca69d3236df},
    {0x4a22c04a22c04a22, 0x0968b086434adbb6}, {0x49f7e8e2873935be, 0x0943a9de08dfdc06},
    {0x49cd42e2049cd42e, 0x091eb89524ead607}, {0x49a2cdf358049a2c, 0x08f9dc92f93841d9},
    {0x497889c2024bc44e, 0x08d515bf120502ec}, {0x494e75fa45dec872, 0x08b06401259d1394},
    {0x4924924924924924, 0x088bc74113fb46f9}, {0x48fade5c5d816ce6, 0x08673f66e66a1dbb},
    {0x48d159e26af37c04, 0x0842cc5acf25a997}, {0x48a8048a8048a804, 0x081e6e0528fe7c70},
    {0x487ede0487ede048, 0x07fa244e76fd9f2d}, {0x4855e60121579804, 0x07d5ef1f64098cf4},
    {0x482d1c319f03621d, 0x07b1ce60c28c2f4c}, {0x4804804804804804, 0x078dc1fb8c19d7b8},
    {0x47dc11f7047dc11f, 0x0769c9d8e119338d}, {0x47b3d0f1fee130bc, 0x0745e5e2086c3698},
    {0x478bbcecfee1d10c, 0x072216006f19f976}, {0x4763d59cb92af20e, 0x06fe5a1da7f9885b},
    {0x473c1ab68a0473c1, 0x06dab2236b5d9f29}, {0x47148bf073816366, 0x06b71dfb96c14fc8},
    {0x46ed29011bb4a404, 0x06939d902c758f99}, {0x46c5f19fcaeb8ac8, 0x067030cb534fa930},
    {0x469ee58469ee5846, 0x064cd79756588f31}, {0x4678046780467804, 0x062991dea47d0d8f},
    {0x46514e02328a7011, 0x06065f8bd03ed631}, {0x462ac20e40af6ae5, 0x05e340898f666642},
    {0x4604604604604604, 0x05c034c2bab5c14f}, {0x45de28646f5a1060, 0x059d3c224d9bff91},
    {0x45b81a2509cde3ad, 0x057a569365e9ac90}, {0x45923543f0c80459, 0x055784014385f38d},
    {0x456c797dd49c3411, 0x0534c45748249712}, {0x4546e68ff757232e, 0x05121780f6fcb10f},
    {0x45217c382b34eda3, 0x04ef7d69f48038f2}, {0x44fc3a34d11c9070, 0x04ccf5fe06144d4f},
    {0x44d72044d72044d7, 0x04aa812911ca3e8a}, {0x44b22e27b702aef5, 0x04881ed71e195821},
    {0x448d639d74c0cda8, 0x0465cef451996629}, {0x4468c0669d2099eb, 0x0443916cf2bdf4b3},
    {0x4444444444444444, 0x0421662d679246a7}, {0x441feef80441feef, 0x03ff4d22357601ed},
    {0x43fbc043fbc043fb, 0x03dd463800da8e86}, {0x43d7b7eacc9686a0, 0x03bb515b8d01266a},
    {0x43b3d5af9a723f78, 0x03996e79bbb993fc}, {0x4390195609804390, 0x03779d7f8d219cd7},
    {0x436c82a23d1a5663, 0x0355de5a1f6516ef}, {0x43491158d678e74b, 0x033430f6ae7ea5d5},
    {0x4325c53ef368eb04, 0x0312954293f91e12}, {0x43029e1a2d05c239, 0x02f10b2b46b18c9b},
    {0x42df9bb096771e4d, 0x02cf929e5a99e047}, {0x42bcbdc8bbb2d5c4, 0x02ae2b89807c3363},
    {0x429a0429a0429a04, 0x028cd5da85beb351}, {0x42776e9abe0d8042, 0x026b917f5428246a},
    {0x4254fce404254fce, 0x024a5e65f1a5001a}, {0x4232aecdd5978804, 0x02293c7c800d2b6e},
    {0x4210842108421084, 0x02082bb13cea4437}, {0x41ee7ca6e3ab8670, 0x01e72bf2813e82e6},
    {0x41cc98291fdf19b3, 0x01c63d2ec14c2f5c}, {0x41aad671e44bed87, 0x01a55f548c5da6f3},
    {0x4189374bc6a7ef9d, 0x018492528c8df1f3}, {0x4167ba81c9d6198c, 0x0163d6178691e6be},
    {0x41465fdf5cd01051, 0x01432a925981d903}, {0x41252730599315e2, 0x01228fb1fea3d35a},
    {0x4104104104104104, 0x010205658936597c}, {0x40e31ade091fefc7, 0x00e18b9c263bb1ad},
    {0x40c246d47d78693b, 0x00c122451c45b382}, {0x40a193f1dca7a317, 0x00a0c94fcb421aa8},
    {0x4081020408102040, 0x008080abac475bf4}, {0x406090d945e8dd4b, 0x006048485161fb3e},
    {0x4040404040404040, 0x0040201565626087}, {0x4020100804020100, 0x00200802abab2af4},
    {0x4000000000000000, 0x0000000000000000},
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
 * nearest to m and t = (m-c)/c:  k ln 2 - ln(c/2) - (t - t^2/2 + t^3/3). */
static uint64_t minus_log(uint64_t x)
{
    unsigned octave = (unsigned)__builtin_clzll(x);
    uint64_t m = x << octave;
    uint64_t c = (m >> STEP_BITS) + (m >> (STEP_BITS - 1) & 1);
    uint64_t reciprocal = table[c - STEP_COUNT].reciprocal;
    int64_t offset = (int64_t)(m - (c << STEP_BITS)); /* |offset| <= 2^54, also when c wraps */
    int64_t t = (int64_t)((signed_wide)offset * reciprocal >> 64);
    int64_t t2 = (int64_t)((signed_wide)t * t >> LOG_BITS);
    int64_t t3 = (int64_t)((signed_wide)t2 * t >> LOG_BITS);
    uint64_t log = table[c - STEP_COUNT].log - (uint64_t)(t - t2 / 2 + t3 / 3);
    return octave * LN2 + (log >> (LOG_BITS - SUM_BITS));
}

uint64_t stream_exponential(struct stream *stream, uint64_t mean)
{
    uint64_t x = stream_next(stream) + 1; /* U = x / 2^64, in (0, 1] */
    if (x == 0) {
        return 0;
    }
    wide half = (wide)1 << (SUM_BITS - 1);
    return (uint64_t)(((wide)minus_log(x) * mean + half) >> SUM_BITS);
}
