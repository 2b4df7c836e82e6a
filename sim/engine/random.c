/*
 * Random streams: xoshiro256** seeded by name, and exponential draws by an integer logarithm.
 */
#include "sim/engine/random.h"

#include <stddef.h>

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

#define LOG_BITS   62                           /* fraction bits of the table and the polynomial */
#define SUM_BITS   58                           /* of -ln(U), which reaches 64 ln 2 = 44.4 */
#define LN2        UINT64_C(0x02c5c85fdf533ddf) /* >= table[0], so that the octaves join in order */
#define HALF       (UINT64_C(1) << (LOG_BITS - 1))
#define THIRD      UINT64_C(0x5555555555555555) /* of 2^64 */
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
    {0x8000000000000000, 0x2c5c85fdf533ddf0}, {0x7f807f807f807f80, 0x2c1ca5e8afce9b2e},
    {0x7f01fc07f01fc07f, 0x2bdd055448ebf8eb}, {0x7e8472a807e8472a, 0x2b9da3c2f92236fe},
    {0x7e07e07e07e07e07, 0x2b5e80b86d476e27}, {0x7d8c42b2836ed5d2, 0x2b1f9bb9c0ba471b},
    {0x7d1196792909c55f, 0x2ae0f44d77c6ac24}, {0x7c97d9108c2ad432, 0x2aa289fb7a25d1a1},
    {0x7c1f07c1f07c1f07, 0x2a645c4d0d98f60a}, {0x7ba71fe1163807ba, 0x2a266accd09e3e52},
    {0x7b301ecc07b301ec, 0x29e8b506b53f1791}, {0x7aba01eae807aba0, 0x29ab3a87fbf78ae8},
    {0x7a44c6afc2dd9ca8, 0x296dfadf2eb5f452}, {0x79d06a965d43919b, 0x2930f59c1bf290f4},
    {0x795ceb240795ceb2, 0x28f42a4fd1de5cf8}, {0x78ea45e77069ccfd, 0x28b7988c99a8bc9a},
    {0x7878787878787878, 0x287b3fe5f2db6f7a}, {0x7807807807807807, 0x283f1ff08ecc5083},
    {0x77975b8fe21a291c, 0x280338424c246800}, {0x7728077280772807, 0x27c78872327bd88c},
    {0x76b981dae6076b98, 0x278c10186e0a329f}, {0x764bc88c79fe26d0, 0x2750cece4b6abd5e},
    {0x75ded952e0b0ce45, 0x2715c42e33744634}, {0x7572b201d5cac807, 0x26daefd3a7240b84},
    {0x7507507507507507, 0x26a0515b3b9b597a}, {0x749cb28ff16c69ae, 0x2665e862962f7289},
    {0x7432d63dbb01d0cb, 0x262bb488688b5fdc}, {0x73c9b97112ff186c, 0x25f1b56c6ce34846},
    {0x73615a240e6c2b44, 0x25b7eaaf6238eecc}, {0x72f9b658072f9b65, 0x257e53f308b0fc21},
    {0x7292cc157b864407, 0x2544f0da1df8b8c2}, {0x722c996bee290807, 0x250bc10859bbdf8f},
    {0x71c71c71c71c71c7, 0x24d2c4226a2a32dc}, {0x7162534435261707, 0x2499f9cdf08c8012},
    {0x70fe3c070fe3c070, 0x246161b17de8c00d}, {0x709ad4e4ba80709a, 0x2428fb748fb50442},
    {0x70381c0e070381c0, 0x23f0c6bf8c98e2af}, {0x6fd60fba1a362baf, 0x23b8c33bc13d147e},
    {0x6f74ae26501bdd2b, 0x2380f0935d28fd0a}, {0x6f13f59620f9ece8, 0x23494e716fadd0c6},
    {0x6eb3e45306eb3e45, 0x2311dc81e4df151b}, {0x6e5478ac63fc8d5c, 0x22da9a7182983430},
    {0x6df5b0f768ce2cab, 0x22a387ede58ee110}, {0x6d978b8efbb8148c, 0x226ca4a57e720a34},
    {0x6d3a06d3a06d3a06, 0x2235f0478f151a1f}, {0x6cdd212b601b3748, 0x21ff6a8427a7470d},
    {0x6c80d901b2036406, 0x21c9130c23f6b45d}, {0x6c252cc7648a8fa1, 0x2192e99128bf29ab},
    {0x6bca1af286bca1af, 0x215cedc5a10424e8}, {0x6b6fa1fe52417806, 0x21271f5cbb760e49},
    {0x6b15c06b15c06b15, 0x20f17e0a67e255f6}, {0x6abc74be1faff2a8, 0x20bc098354ae44d9},
    {0x6a63bd81a98ef606, 0x2086c17cec5c4b12}, {0x6a0b9944c3856296, 0x2051a5ad531b97de},
    {0x69b4069b4069b406, 0x201cb5cb6461c7d6}, {0x695d041da2292855, 0x1fe7f18eb08e77b1},
    {0x6906906906906906, 0x1fb358af7a988aad}, {0x68b0aa1f1472813a, 0x1f7eeae6b5c4f502},
    {0x685b4fe5e92c0685, 0x1f4aa7ee0366dbb0}, {0x6806806806806806, 0x1f168f7fb0a8dc1c},
    {0x67b23a5440cf6474, 0x1ee2a156b45f4eef}, {0x675e7c5dada0b4e5, 0x1eaedd2eace35a88},
    {0x670b453b92840670, 0x1e7b42c3ddf6aa7f}, {0x66b893a954436920, 0x1e47d1d32eafa271},
    {0x6666666666666666, 0x1e148a1a276de362}, {0x6614bc363b03fccf, 0x1de16b56efd6fbba},
    {0x65c393e032e1c9f0, 0x1dae75484cdb1af6}, {0x6572ec2f8ddeb64a, 0x1d7ba7ad9ec1a2c2},
    {0x6522c3f35ba78194, 0x1d490246df3d7043}, {0x64d319fe6cb39806, 0x1d1684d49f88b8ee},
    {0x6483ed274388a356, 0x1ce42f1806885737}, {0x64353c48064353c4, 0x1cb200d2cef6641a},
    {0x63e7063e7063e706, 0x1c7ff9c74593fb44}, {0x639949ebc4dcfc1c, 0x1c4e19b84762084e},
    {0x634c0634c0634c06, 0x1c1c60693fe0fc51}, {0x62ff3a018bfce806, 0x1beacd9e27574ba3},
    {0x62b2e43dafcea68d, 0x1bb9611b811e9462}, {0x626703d80626703d, 0x1b881aa659f74eff},
    {0x621b97c2aec12652, 0x1b56fa044662eab4}, {0x61d09ef3024ae3b9, 0x1b25fefb61043858},
    {0x6186186186186186, 0x1af52952490606cd}, {0x613c0309e0184f00, 0x1ac478d02087d4a5},
    {0x60f25deacafb74a3, 0x1a93ed3c8b107b5e}, {0x60a928060a928060, 0x1a63865fac06b920},
    {0x6060606060606060, 0x1a334402252f7e57}, {0x6018060180601806, 0x1a0325ed1531e540},
    {0x5fd017f405fd017f, 0x19d32bea1620b9e3}, {0x5f889545693c746e, 0x19a355c33c097987},
    {0x5f417d05f417d05f, 0x1973a3431388b130}, {0x5eface48b805efac, 0x19441434a063a331},
    {0x5eb4882383b30d51, 0x1914a8635c271c60}, {0x5e6ea9aed8e62dbd, 0x18e55f9b34cb61ef},
    {0x5e293205e293205e, 0x18b639a88b5d2158}, {0x5de420466b1834d0, 0x1887365832ab4c60},
    {0x5d9f7390d2a6c405, 0x185855776df9cb71}, {0x5d5b2b0805d5b2b0, 0x182996d3efb8f133},
    {0x5d1745d1745d1745, 0x17fafa3bd8419a8e}, {0x5cd3c31507fa32c3, 0x17cc7f7db495e6bf},
    {0x5c90a1fd1b7af017, 0x179e26687d267384}, {0x5c4de1b671f0229d, 0x176feecb949c09cf},
    {0x5c0b81702e05c0b8, 0x1741d876c6a5a7d2}, {0x5bc9805bc9805bc9, 0x1713e33a46cad5a1},
    {0x5b87ddad0cdf1b2c, 0x16e60ee6af4231de}, {0x5b46989a072183ec, 0x16b85b4cffcc247c},
    {0x5b05b05b05b05b05, 0x168ac83e9c91a5c8}, {0x5ac5242a8c68f3f1, 0x165d558d4d070862},
    {0x5a84f3454dca410f, 0x1630030b3ad2b516}, {0x5a451cea2342ff4b, 0x1602d08af0b7c7df},
    {0x5a05a05a05a05a05, 0x15d5bddf59847daf}, {0x59c67cd8059c67cd, 0x15a8cadbbf0462ec},
    {0x5987b1a9448be405, 0x157bf753c8f632d3}, {0x59493e14ed2a8ce7, 0x154f431b7c055853},
    {0x590b21642c8590b2, 0x1522ae0738c7012e}, {0x58cd5ae22b037805, 0x14f637ebbabab47b},
    {0x588fe9dc0588fe9d, 0x14c9e09e174e5dfa}, {0x5852cda0c6ba4ea9, 0x149da7f3bce5bfd3},
    {0x5816058160581605, 0x14718dc271e53cc2}, {0x57d990d0a4b7ef87, 0x144591e053bfecda},
    {0x579d6ee340579d6e, 0x1419b423d608ef5b}, {0x57619f0fb38a94d2, 0x13edf463c187ec54},
    {0x572620ae4c415c98, 0x13c252773350b901}, {0x56eaf3191fea4543, 0x1396ce359bde121f},
    {0x56b015ac056b015a, 0x136b6776be2f5fab}, {0x567587c48f32a8dd, 0x13401e12aee975af},
    {0x563b48c20563b48c, 0x1314f1e1d37a460f}, {0x5601580560158056, 0x12e9e2bce13f7771},
    {0x55c7b4f141ace688, 0x12bef07cdcafd59a}, {0x558e5ee9f14b87af, 0x12941afb18878fc8},
    {0x5555555555555555, 0x1269621134f739dc}, {0x551c979aee0bf805, 0x123ec5991ed5853c},
    {0x54e42523d03fab1b, 0x1214456d0ed3a6a8}, {0x54abfd5aa0152aff, 0x11e9e16788b45e4e},
    {0x54741fab8be05474, 0x11bf99635a8597bf}, {0x543c8b84471315b7, 0x11956d3b9bdc977b},
    {0x5405405405405405, 0x116b5ccbad14abfc}, {0x53ce3d8b75326a11, 0x114167ef36905873},
    {0x5397829cbc14e5e0, 0x11178e8227fcef60}, {0x53610efb70b12e3f, 0x10edd060b798939e},
    {0x532ae21c96bdb9d3, 0x10c42d67617a9669}, {0x52f4fb769a3f8390, 0x109aa572e6de293c},
    {0x52bf5a814afd6a05, 0x107138604d6f5a73}, {0x5289feb5d805289f, 0x1047e60cde9a53d3},
    {0x5254e78ecb419ba8, 0x101eae5626dcd24a}, {0x5220148805220148, 0x0ff59119f519ce35},
    {0x51eb851eb851eb85, 0x0fcc8e3659ef4bef}, {0x51b738d165819894, 0x0fa3a589a70e4c34},
    {0x51832f1fd73e6870, 0x0f7ad6f26e94d461}, {0x514f678b1ddb2805, 0x0f52224f826a0674},
    {0x511be1958b67ebb9, 0x0f29877ff39c4102}, {0x50e89cc2afb93476, 0x0f01066311c13f6b},
    {0x50b59897547e1bbe, 0x0ed89ed86a5832bf}, {0x5082d4997965448f, 0x0eb050bfc82dcbc6},
    {0x5050505050505050, 0x0e881bf932c22f02}, {0x501e0b4439959819, 0x0e600064edb0cb52},
    {0x4fec04fec04fec04, 0x0e37fde3781a0c3d}, {0x4fba3d0a96bc1b68, 0x0e1014558c0ee0e8},
    {0x4f88b2f392a409f1, 0x0de8439c1dfe10db}, {0x4f576646a9d716ef, 0x0dc08b985c2357ef},
    {0x4f265691eeaf9d10, 0x0d98ec2badf842b9}, {0x4ef583648ca5520b, 0x0d716537b3a6c4fe},
    {0x4ec4ec4ec4ec4ec4, 0x0d49f69e457d83c5}, {0x4e9490e1eb208983, 0x0d22a0417365ccce},
    {0x4e6470b061fd8cdc, 0x0cfb6203845b3537}, {0x4e348b4d982236fc, 0x0cd43bc6f5e4d943},
    {0x4e04e04e04e04e04, 0x0cad2d6e7b903741}, {0x4dd56f472517b707, 0x0c8636dcfe6d9fce},
    {0x4da637cf781d1e54, 0x0c5f57f59c8e358f}, {0x4d77397e7cabe087, 0x0c38909ba88376cc},
    {0x4d4873ecade304d4, 0x0c11e0b2a8e04b51}, {0x4d19e6b3804d19e6, 0x0beb481e57bb910f},
    {0x4ceb916d5ef2c783, 0x0bc4c6c2a2342228}, {0x4cbd73b5a877e804, 0x0b9e5c83a7f64f0b},
    {0x4c8f8d28ac42fd9b, 0x0b780945bac2c76e}, {0x4c61dd63a7aed804, 0x0b51cced5df6ecf8},
    {0x4c346404c346404c, 0x0b2ba75f46168a9d}, {0x4c0720ab100980e4, 0x0b0598805856eba5},
    {0x4bda12f684bda12f, 0x0adfa035aa2b4d82}, {0x4bad3a87fb452c57, 0x0ab9be6480d2a7a9},
    {0x4b8097012e025c04, 0x0a93f2f250e6c4a6}, {0x4b542804b542804b, 0x0a6e3dc4bdeca7cd},
    {0x4b27ed3604b27ed3, 0x0a489ec199e63af0}, {0x4afbe63968dc43f4, 0x0a2315cee4e53f94},
    {0x4ad012b404ad012b, 0x09fda2d2cc9f7f3d}, {0x4aa4724bcf0414fe, 0x09d845b3ac04366f},
    {0x4a7904a7904a7904, 0x09b2fe580ad2b613}, {0x4a4dc96ee0129372, 0x098dcca69d323711},
    {0x4a22c04a22c04a22, 0x0968b086434adbe8}, {0x49f7e8e2873935be, 0x0943a9de08dfdc39},
    {0x49cd42e2049cd42e, 0x091eb89524ead638}, {0x49a2cdf358049a2c, 0x08f9dc92f9384209},
    {0x497889c2024bc44e, 0x08d515bf1205031c}, {0x494e75fa45dec872, 0x08b06401259d13c3},
    {0x4924924924924924, 0x088bc74113fb4727}, {0x48fade5c5d816ce6, 0x08673f66e66a1de9},
    {0x48d159e26af37c04, 0x0842cc5acf25a9c4}, {0x48a8048a8048a804, 0x081e6e0528fe7c9c},
    {0x487ede0487ede048, 0x07fa244e76fd9f59}, {0x4855e60121579804, 0x07d5ef1f64098d20},
    {0x482d1c319f03621d, 0x07b1ce60c28c2f77}, {0x4804804804804804, 0x078dc1fb8c19d7e2},
    {0x47dc11f7047dc11f, 0x0769c9d8e11933b6}, {0x47b3d0f1fee130bc, 0x0745e5e2086c36c0},
    {0x478bbcecfee1d10c, 0x072216006f19f99d}, {0x4763d59cb92af20e, 0x06fe5a1da7f98881},
    {0x473c1ab68a0473c1, 0x06dab2236b5d9f4f}, {0x47148bf073816366, 0x06b71dfb96c14fed},
    {0x46ed29011bb4a404, 0x06939d902c758fbd}, {0x46c5f19fcaeb8ac8, 0x067030cb534fa953},
    {0x469ee58469ee5846, 0x064cd79756588f53}, {0x4678046780467804, 0x062991dea47d0db0},
    {0x46514e02328a7011, 0x06065f8bd03ed651}, {0x462ac20e40af6ae5, 0x05e340898f666661},
    {0x4604604604604604, 0x05c034c2bab5c16e}, {0x45de28646f5a1060, 0x059d3c224d9bffaf},
    {0x45b81a2509cde3ad, 0x057a569365e9acad}, {0x45923543f0c80459, 0x055784014385f3a9},
    {0x456c797dd49c3411, 0x0534c4574824972e}, {0x4546e68ff757232e, 0x05121780f6fcb12a},
    {0x45217c382b34eda3, 0x04ef7d69f480390c}, {0x44fc3a34d11c9070, 0x04ccf5fe06144d68},
    {0x44d72044d72044d7, 0x04aa812911ca3ea2}, {0x44b22e27b702aef5, 0x04881ed71e195838},
    {0x448d639d74c0cda8, 0x0465cef451996640}, {0x4468c0669d2099eb, 0x0443916cf2bdf4c9},
    {0x4444444444444444, 0x0421662d679246bc}, {0x441feef80441feef, 0x03ff4d2235760202},
    {0x43fbc043fbc043fb, 0x03dd463800da8e99}, {0x43d7b7eacc9686a0, 0x03bb515b8d01267d},
    {0x43b3d5af9a723f78, 0x03996e79bbb9940e}, {0x4390195609804390, 0x03779d7f8d219ce9},
    {0x436c82a23d1a5663, 0x0355de5a1f651701}, {0x43491158d678e74b, 0x033430f6ae7ea5e6},
    {0x4325c53ef368eb04, 0x0312954293f91e22}, {0x43029e1a2d05c239, 0x02f10b2b46b18caa},
    {0x42df9bb096771e4d, 0x02cf929e5a99e057}, {0x42bcbdc8bbb2d5c4, 0x02ae2b89807c3372},
    {0x429a0429a0429a04, 0x028cd5da85beb360}, {0x42776e9abe0d8042, 0x026b917f54282478},
    {0x4254fce404254fce, 0x024a5e65f1a50028}, {0x4232aecdd5978804, 0x02293c7c800d2b7c},
    {0x4210842108421084, 0x02082bb13cea4445}, {0x41ee7ca6e3ab8670, 0x01e72bf2813e82f3},
    {0x41cc98291fdf19b3, 0x01c63d2ec14c2f68}, {0x41aad671e44bed87, 0x01a55f548c5da6fe},
    {0x4189374bc6a7ef9d, 0x018492528c8df1fd}, {0x4167ba81c9d6198c, 0x0163d6178691e6c6},
    {0x41465fdf5cd01051, 0x01432a925981d90a}, {0x41252730599315e2, 0x01228fb1fea3d360},
    {0x4104104104104104, 0x0102056589365982}, {0x40e31ade091fefc7, 0x00e18b9c263bb1b2},
    {0x40c246d47d78693b, 0x00c122451c45b386}, {0x40a193f1dca7a317, 0x00a0c94fcb421aac},
    {0x4081020408102040, 0x008080abac475bf7}, {0x406090d945e8dd4b, 0x006048485161fb40},
    {0x4040404040404040, 0x0040201565626089}, {0x4020100804020100, 0x00200802abab2af5},
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
 * nearest to m and t = (m-c)/c:  k ln 2 - ln(c/2) - t + t^2 (1/2 - t/3). */
static uint64_t minus_log(uint64_t x)
{
    unsigned octave = (unsigned)__builtin_clzll(x);
    uint64_t m = x << octave;
    uint64_t c = (m >> STEP_BITS) + (m >> (STEP_BITS - 1) & 1);
    uint64_t reciprocal = table[c - STEP_COUNT].reciprocal;
    int64_t offset = (int64_t)(m - (c << STEP_BITS)); /* |offset| <= 2^54, also when c wraps */
    int64_t t = (int64_t)((signed_wide)offset * reciprocal >> 64);
    uint64_t t2 = (uint64_t)((signed_wide)t * t >> LOG_BITS);
    int64_t third = (int64_t)((signed_wide)t * THIRD >> 64);
    uint64_t rest = (uint64_t)((wide)t2 * (HALF - (uint64_t)third) >> LOG_BITS);
    uint64_t log = table[c - STEP_COUNT].log - (uint64_t)t + rest;
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
