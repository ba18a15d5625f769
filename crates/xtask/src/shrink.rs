//! Dead code elimination in the WASM, for code that the compiler keeps.

use std::path::Path;

use anyhow::{Result, ensure};
use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, FunctionKind, Module, ModuleConfig};

/// Reads the module and removes
///
/// - the code for asynchronous hydration, which only lazily loaded routes use. The console has none, but every view's
///   vtable refers to the code, so that the compiler keeps it. It is a fifth of all code;
/// - the messages and source locations of panics. A panic still stops the console at the same place. The development build
///   keeps the messages.
pub fn shrunk(wasm: &Path) -> Result<Module> {
    let mut module = ModuleConfig::new().strict_validate(false).parse_file(wasm)?;
    for function in module.funcs.iter_mut() {
        let dead = function.name.as_deref().is_some_and(is_dead);
        if let (true, FunctionKind::Local(function)) = (dead, &mut function.kind) {
            let mut body = function.builder_mut().func_body();
            body.instrs_mut().clear();
            body.unreachable();
        }
    }
    forget_places(&mut module);
    Ok(module)
}

/// Shortens the names of imports in the module and in the JavaScript, which is returned. The names of wasm-bindgen end in a
/// hash, which does not compress. Removes exports that only unused JavaScript calls.
pub fn short_names(module: &mut Module, js: &str) -> Result<String> {
    const STREAMS: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];
    let streams =
        module.exports.iter().filter(|export| STREAMS.iter().any(|name| export.name.starts_with(name)));
    let streams = streams.map(|export| export.id()).collect::<Vec<_>>();
    streams.into_iter().for_each(|id| module.exports.delete(id));
    let mut renamed = js.to_owned();
    for (number, import) in module.imports.iter_mut().filter(|import| js.contains(&import.module)).enumerate()
    {
        let (long, short) = (format!("{}:", import.name), format!("i{number}:"));
        ensure!(renamed.matches(&long).count() == 1, "{} is not named once in the JavaScript", import.name);
        renamed = renamed.replacen(&long, &short, 1);
        import.name = format!("i{number}");
    }
    Ok(renamed)
}

/// Returns whether the function with this mangled name is never called, or only by a panic. The standard library uses the
/// newer mangling scheme.
fn is_dead(name: &str) -> bool {
    const PANICS: [&str; 4] = ["4core9panicking", "13unwrap_failed", "13expect_failed", "_fail"];
    const DEBUG: [&str; 2] = ["fmt..Debug$GT$3fmt17h", "3fmt5Debug3fmt"];
    const UNUSED: [&str; 2] = ["8into_any13hydrate_async17h", "21hydrate_from_template17h"];
    const CLOSURE: &str = "28_$u7b$$u7b$closure$u7d$$u7d$";
    if name.starts_with("_RNv") && PANICS.iter().any(|panic| name.contains(panic)) {
        return true;
    }
    if DEBUG.iter().chain(&UNUSED).any(|part| name.contains(part)) {
        return true;
    }
    let steps = name.rsplit_once("hydrate_async").and_then(|(_, rest)| rest.strip_prefix(CLOSURE));
    steps.is_some_and(|rest| rest.trim_start_matches(CLOSURE).starts_with("17h"))
}

/// Overwrites the source locations of panics (pairs of a path and a position, and the paths) with zeros, which compress
/// well.
fn forget_places(module: &mut Module) {
    let segments: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for id in segments {
        let data = module.data.get_mut(id);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind else {
            continue;
        };
        let start = start.cast_unsigned() as usize;
        let mut paths = Vec::new();
        // The compiler's layout: four numbers, aligned to four bytes.
        let mut at = start.next_multiple_of(4) - start;
        while let Some(place) = data.value.get(at..at + 16) {
            let number = |index: usize| place.get(index * 4..index * 4 + 4).and_then(|n| n.try_into().ok());
            let [path, length, line, column] =
                [0, 1, 2, 3].map(|i| number(i).map_or(0, u32::from_le_bytes) as usize);
            let found = path.checked_sub(start).map(|path| path..path + length).filter(|range| {
                let text = data.value.get(range.clone()).unwrap_or_default();
                text.ends_with(b".rs")
                    && text.is_ascii()
                    && (1..200_000).contains(&line)
                    && (1..2_000).contains(&column)
            });
            let Some(range) = found else {
                at += 4;
                continue;
            };
            paths.push(range);
            data.value[at..at + 16].fill(0);
            at += 16;
        }
        for range in paths {
            data.value[range].fill(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_late_hydration_and_panics_are_dead() {
        const CLOSURE: &str = "28_$u7b$$u7b$closure$u7d$$u7d$";
        const HASH: &str = "17h0123456789abcdefE";
        let into_any = "_ZN53_$LT$T$u20$as$u20$tachys..view..any_view..IntoAny$GT$8into_any";
        for (rest, dead) in [
            (format!("13hydrate_async{CLOSURE}{HASH}"), true),
            (format!("13hydrate_async{CLOSURE}{CLOSURE}{HASH}"), true),
            (format!("21hydrate_from_template{HASH}"), true),
            (format!("13hydrate_async{HASH}"), true),
            (format!("7hydrate{CLOSURE}{HASH}"), false),
            (format!("19hydrate_from_server{HASH}"), false),
            (format!("7rebuild{HASH}"), false),
        ] {
            assert_eq!(is_dead(&format!("{into_any}{rest}")), dead, "{rest}");
        }
        assert!(is_dead("_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt"));
        assert!(!is_dead("_RNvNtCsgXGp5Oqx2Ny_4core3fmt5write"));
        assert!(!is_dead("_ZN6client10components7problem23__component_load_failed17h66bE"));
    }

    #[test]
    fn imports_have_short_names_on_both_sides() -> Result<()> {
        let mut module = Module::default();
        let kind = module.types.add(&[], &[]);
        module.add_import_func("./console_bg.js", "__wbg_now_0123456789abcdef", kind);
        module.add_import_func("elsewhere", "__wbg_now_0123456789abcdef", kind);
        let js = r#"{ __wbg_now_0123456789abcdef: function() {} }, "./console_bg.js": import0"#;
        let js = short_names(&mut module, js)?;
        assert_eq!(js, r#"{ i0: function() {} }, "./console_bg.js": import0"#);
        let names = module.imports.iter().map(|import| import.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names, ["i0", "__wbg_now_0123456789abcdef"]);
        assert!(short_names(&mut module, r#""./console_bg.js": {}"#).is_err(), "what the JavaScript lacks");
        Ok(())
    }

    #[test]
    fn places_are_forgotten_and_nothing_else() {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let path = b"src/lib.rs";
        let mut value = path.to_vec();
        value.extend([7; 2]);
        for number in [1024_u32, path.len() as u32, 12, 5, 1024, 4, 12, 5] {
            value.extend(number.to_le_bytes());
        }
        let kept = value[28..].to_vec();
        let offset = ConstExpr::Value(Value::I32(1024));
        let id = module.data.add(DataKind::Active { memory, offset }, value);
        forget_places(&mut module);
        let value = &module.data.get(id).value;
        assert!(value[..10].iter().all(|byte| *byte == 0), "the path");
        assert_eq!(value[10..12], [7; 2], "what stands between");
        assert!(value[12..28].iter().all(|byte| *byte == 0), "the place");
        assert_eq!(value[28..], kept, "what only looks like one");
    }
}
