# node-gyp's build, for `npm run setup` and `npx glassformer build`. Sources, defines and flags are in native/sources.json, which
# CMakeLists.txt and scripts/mpi-build.mjs read too. The kernels are compiled for each instruction set, into a static library
# of its own, so that its flags stay on them: nothing outside them may run on a CPU that lacks it.
{
  'variables': {
    # The folder of napi.h. For an installed package scripts/native-build.mjs passes that of the headers that the package carries.
    'node_addon_api%': '<!(node -p "try { require(\'node-addon-api\').include_dir } catch { \'\' }")',
    # yes | no; scripts/native-build.mjs passes what it found (-Dopenblas=…).
    'openblas%': '<!(pkg-config --exists openblas 2>/dev/null && echo yes || echo no)',
  },
  'target_defaults': {
    # NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS: a worker that is terminated in mid-play cannot be thrown at, which must not end
    # the process.
    'defines': ['<!@(node -p "require(\'./native/sources.json\').defines.join(\' \')")'],
    'include_dirs': ['native'],
    'cflags': ['<!@(node -p "require(\'./native/sources.json\').flags.compiler.join(\' \')")'],
    # -ffp-contract=off: each product and sum is rounded once, as written, so that every instruction set computes what its code
    # says.
    'cflags_cc!': ['-fno-exceptions', '-std=gnu++17', '-std=gnu++20'],
    'cflags_cc': ['<!@(node -p "require(\'./native/sources.json\').flags.language.join(\' \')")'],
    'ldflags': ['-pthread'],
    'xcode_settings': {
      'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
      'OTHER_CPLUSPLUSFLAGS': [
        '<!@(node -p "require(\'./native/sources.json\').flags.compiler.join(\' \')")',
        '<!@(node -p "require(\'./native/sources.json\').flags.language.join(\' \')")',
      ],
    },
  },
  'targets': [
    {
      'target_name': 'glassformer',
      'type': 'loadable_module',
      'sources': ['<!@(node -p "require(\'./native/sources.json\').core.join(\' \')")'],
      'include_dirs': ['<(node_addon_api)'],
      'dependencies': ['kernels_scalar'],
      'conditions': [
        ['target_arch=="x64"', {
          'dependencies': ['kernels_avx2', 'kernels_avx512'],
        }],
        ['target_arch=="arm64"', {
          'dependencies': ['kernels_neon'],
        }],
        ['OS=="mac"', {
          'defines': ['GLASSFORMER_ACCELERATE', 'ACCELERATE_NEW_LAPACK'],
          'link_settings': { 'libraries': ['-framework Accelerate'] },
        }],
        ['OS!="mac" and openblas=="yes"', {
          # Loaded from there, not linked: native/blas/blas.cc tells why.
          'defines': ['GLASSFORMER_OPENBLAS="<!(pkg-config --variable=libdir openblas)"'],
          'cflags_cc': ['<!@(pkg-config --cflags openblas)'],
          'link_settings': { 'libraries': ['-ldl'] },
        }],
      ],
    },
    {
      'target_name': 'kernels_scalar',
      'type': 'static_library',
      'sources': ['<!@(node -p "require(\'./native/sources.json\').kernels.join(\' \')")'],
      'cflags_cc': ['<!@(node -p "require(\'./native/sources.json\').isa.scalar.flags.join(\' \')")'],
      'xcode_settings': {
        'OTHER_CPLUSPLUSFLAGS': ['<!@(node -p "require(\'./native/sources.json\').isa.scalar.flags.join(\' \')")'],
      },
    },
  ],
  'conditions': [
    ['target_arch=="x64"', {
      'targets': [
        {
          'target_name': 'kernels_avx2',
          'type': 'static_library',
          'sources': ['<!@(node -p "require(\'./native/sources.json\').kernels.join(\' \')")'],
          'cflags_cc': ['<!@(node -p "require(\'./native/sources.json\').isa.avx2.flags.join(\' \')")'],
          'xcode_settings': {
            'OTHER_CPLUSPLUSFLAGS': ['<!@(node -p "require(\'./native/sources.json\').isa.avx2.flags.join(\' \')")'],
          },
        },
        {
          'target_name': 'kernels_avx512',
          'type': 'static_library',
          'sources': ['<!@(node -p "require(\'./native/sources.json\').kernels.join(\' \')")'],
          'cflags_cc': ['<!@(node -p "require(\'./native/sources.json\').isa.avx512.flags.join(\' \')")'],
          'xcode_settings': {
            'OTHER_CPLUSPLUSFLAGS': ['<!@(node -p "require(\'./native/sources.json\').isa.avx512.flags.join(\' \')")'],
          },
        },
      ],
    }],
    ['target_arch=="arm64"', {
      'targets': [
        {
          'target_name': 'kernels_neon',
          'type': 'static_library',
          'sources': ['<!@(node -p "require(\'./native/sources.json\').kernels.join(\' \')")'],
          'cflags_cc': ['<!@(node -p "require(\'./native/sources.json\').isa.neon.flags.join(\' \')")'],
          'xcode_settings': {
            'OTHER_CPLUSPLUSFLAGS': ['<!@(node -p "require(\'./native/sources.json\').isa.neon.flags.join(\' \')")'],
          },
        },
      ],
    }],
  ],
}
