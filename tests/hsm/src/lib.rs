//! Kryoptic's list of functions, under the name by which PKCS#11 applications find it.

use kryoptic_lib::{
    fns::general::fn_get_function_list,
    pkcs11::{CK_FUNCTION_LIST_PTR_PTR, CK_RV},
};

#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "PKCS#11 names it")]
pub extern "C" fn C_GetFunctionList(list: CK_FUNCTION_LIST_PTR_PTR) -> CK_RV {
    fn_get_function_list(list)
}
