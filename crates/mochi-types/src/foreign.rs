//! The foreign modules that are built in (6.2): their symbols, what these take and give, and the library function that
//! stands for each. A constant has no function.

/// Types of parameters and results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An int.
    Int,
    /// A float.
    Float,
    /// A bool.
    Bool,
    /// A string.
    Str,
    /// A list of strings.
    Strs,
}

/// What a symbol is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Meaning {
    /// A function.
    Function {
        /// The library function, without the prefix of std.
        library: &'static str,
        /// Its parameters.
        params: &'static [Kind],
        /// Its result.
        result: Kind,
    },
    /// A float.
    Float(f64),
    /// An int.
    Int(i64),
}

/// A symbol of a module.
#[derive(Clone, Copy, Debug)]
pub struct Symbol {
    /// The name in the module.
    pub name: &'static str,
    /// What it is. Functions that may leave out an argument have a symbol for each number.
    pub meaning: Meaning,
}

/// A module of another language.
#[derive(Clone, Copy, Debug)]
pub struct ForeignModule {
    /// The language, as `import` says it.
    pub lang: &'static str,
    /// The name; for `testpkg`, the end of it.
    pub path: &'static str,
    /// What it has.
    pub symbols: &'static [Symbol],
}

/// A symbol by the positions of its module and of itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SymbolId {
    module: u8,
    symbol: u8,
}

impl SymbolId {
    /// The symbol.
    pub fn get(self) -> Symbol {
        MODULES[self.module as usize].symbols[self.symbol as usize]
    }
    /// The library function behind it, without the prefix of std; the symbol's name for a constant.
    pub fn library(self) -> &'static str {
        match self.get() {
            Symbol { meaning: Meaning::Function { library, .. }, .. } => library,
            Symbol { name, .. } => name,
        }
    }
}

/// The module that an import names.
pub fn module(lang: &str, path: &str) -> Option<u8> {
    let fits = |module: &ForeignModule| {
        let at_end = module.path == TESTPKG && path.ends_with("/testpkg");
        module.lang == lang && (module.path == path || at_end)
    };
    MODULES.iter().position(fits).map(|at| at as u8)
}

/// The symbols of a module with a name.
pub fn symbols(module: u8, name: &str) -> impl Iterator<Item = SymbolId> {
    let all = MODULES[module as usize].symbols.iter().enumerate();
    let named = all.filter(move |(_, symbol)| symbol.name == name);
    named.map(move |(at, _)| SymbolId { module, symbol: at as u8 })
}

/// The name `module.symbol` that a library function stands for, without the prefix of std; `None` for all others.
pub fn shown(library: &str) -> Option<String> {
    MODULES.iter().find_map(|module| {
        let stands = |symbol: &&Symbol| match symbol.meaning {
            Meaning::Function { library: own, .. } => own == library,
            Meaning::Float(_) | Meaning::Int(_) => false,
        };
        let symbol = module.symbols.iter().find(stands)?;
        Some(format!("{}.{}", module.path, symbol.name))
    })
}

const TESTPKG: &str = "testpkg";

macro_rules! symbols {
    ($prefix:literal { $(fun $name:ident($($param:ident),*) -> $result:ident $(as $library:literal)?;)* }
     $(let $constant:ident = $kind:ident($value:expr);)*) => {
        &[
            $(Symbol {
                name: stringify!($name),
                meaning: Meaning::Function {
                    library: symbols!(@library $prefix $name $($library)?),
                    params: &[$(Kind::$param),*],
                    result: Kind::$result,
                },
            },)*
            $(Symbol { name: stringify!($constant), meaning: Meaning::$kind($value) },)*
        ]
    };
    (@library $prefix:literal $name:ident) => { concat!($prefix, stringify!($name)) };
    (@library $prefix:literal $name:ident $library:literal) => { concat!($prefix, $library) };
}

/// All modules.
// The 3.14 of the test package is no attempt at pi.
#[allow(clippy::approx_constant)]
pub static MODULES: &[ForeignModule] = &[
    ForeignModule {
        lang: "python",
        path: "math",
        symbols: symbols!("python_math_" {
            fun acos(Float) -> Float;
            fun acosh(Float) -> Float;
            fun asin(Float) -> Float;
            fun asinh(Float) -> Float;
            fun atan(Float) -> Float;
            fun atanh(Float) -> Float;
            fun cbrt(Float) -> Float;
            fun cos(Float) -> Float;
            fun cosh(Float) -> Float;
            fun degrees(Float) -> Float;
            fun erf(Float) -> Float;
            fun erfc(Float) -> Float;
            fun exp(Float) -> Float;
            fun exp2(Float) -> Float;
            fun expm1(Float) -> Float;
            fun fabs(Float) -> Float;
            fun gamma(Float) -> Float;
            fun lgamma(Float) -> Float;
            fun log(Float) -> Float;
            fun log10(Float) -> Float;
            fun log1p(Float) -> Float;
            fun log2(Float) -> Float;
            fun radians(Float) -> Float;
            fun sin(Float) -> Float;
            fun sinh(Float) -> Float;
            fun sqrt(Float) -> Float;
            fun tan(Float) -> Float;
            fun tanh(Float) -> Float;
            fun atan2(Float, Float) -> Float;
            fun copysign(Float, Float) -> Float;
            fun fmod(Float, Float) -> Float;
            fun hypot(Float, Float) -> Float;
            fun pow(Float, Float) -> Float;
            fun ceil(Float) -> Int;
            fun floor(Float) -> Int;
            fun trunc(Float) -> Int;
            fun isfinite(Float) -> Bool;
            fun isinf(Float) -> Bool;
            fun isnan(Float) -> Bool;
            fun isclose(Float, Float) -> Bool;
            fun factorial(Int) -> Int;
            fun isqrt(Int) -> Int;
            fun comb(Int, Int) -> Int;
            fun gcd(Int, Int) -> Int;
            fun lcm(Int, Int) -> Int;
            fun perm(Int, Int) -> Int;
            fun log(Float, Float) -> Float as "log_base";
        }
        let pi = Float(std::f64::consts::PI);
        let e = Float(std::f64::consts::E);
        let tau = Float(std::f64::consts::TAU);
        let inf = Float(f64::INFINITY);
        let nan = Float(f64::NAN);
        ),
    },
    ForeignModule {
        lang: "python",
        path: "subprocess",
        symbols: symbols!("python_subprocess_" {
            fun getoutput(Str) -> Str;
        }),
    },
    ForeignModule {
        lang: "go",
        path: "strings",
        symbols: symbols!("go_strings_" {
            fun ToUpper(Str) -> Str;
            fun ToLower(Str) -> Str;
            fun TrimSpace(Str) -> Str;
            fun Title(Str) -> Str;
            fun Contains(Str, Str) -> Bool;
            fun ContainsAny(Str, Str) -> Bool;
            fun HasPrefix(Str, Str) -> Bool;
            fun HasSuffix(Str, Str) -> Bool;
            fun EqualFold(Str, Str) -> Bool;
            fun Index(Str, Str) -> Int;
            fun LastIndex(Str, Str) -> Int;
            fun Count(Str, Str) -> Int;
            fun Trim(Str, Str) -> Str;
            fun TrimLeft(Str, Str) -> Str;
            fun TrimRight(Str, Str) -> Str;
            fun TrimPrefix(Str, Str) -> Str;
            fun TrimSuffix(Str, Str) -> Str;
            fun Split(Str, Str) -> Strs;
            fun Fields(Str) -> Strs;
            fun Join(Strs, Str) -> Str;
            fun Repeat(Str, Int) -> Str;
            fun Replace(Str, Str, Str, Int) -> Str;
            fun ReplaceAll(Str, Str, Str) -> Str;
        }),
    },
    ForeignModule {
        lang: "go",
        path: "os",
        symbols: symbols!("go_os_" {
            fun Getenv(Str) -> Str;
            fun Environ() -> Strs;
        }),
    },
    ForeignModule {
        lang: "go",
        path: "net",
        symbols: symbols!("go_net_" {
            fun LookupHost(Str) -> Strs;
        }),
    },
    ForeignModule {
        lang: "go",
        path: TESTPKG,
        symbols: symbols!("go_testpkg_" {
            fun Add(Int, Int) -> Int;
            fun MD5Hex(Str) -> Str;
        }
        let Pi = Float(3.14);
        let Answer = Int(42);
        ),
    },
];
