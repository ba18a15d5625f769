//! The page of a block.

use super::caller::ConsoleCaller;
use super::form::{button_form, message, number_field, select_field};
use crate::components::badge::block_state;
use crate::components::block_actions::rests;
use crate::components::cell::Cell;
use crate::components::page_head::PageHead;
use crate::components::time::ExactTime;
use crate::format::format_integer;
use crate::href;
use crate::texts;
use crate::user_text::user_text;
use api::{Block, BlockState};
use leptos::prelude::*;

/// The action that callers need to confirm, extend and release blocks.
const HOLD: &str = "blocks";

/// The period by which the button extends, in seconds. The list of blocks offers others.
const EXTENSION_SECONDS: i64 = 3_600;

/// The page of a block.
#[derive(Debug, Clone)]
pub struct BlockPage {
    /// The block.
    pub block: Block,
}

impl BlockPage {
    pub(super) fn view(self) -> impl IntoView {
        let Block { id, item_id, item_name, warehouse_id, warehouse_code, quantity, state, .. } = self.block;
        let (label, tone) = block_state(state);
        let may_hold = use_context::<ConsoleCaller>().is_none_or(|caller| !caller.is_forbidden(HOLD));
        let id_field = move || ("id", id.to_string());
        let actions = (may_hold && state == BlockState::Temporary).then(|| {
            let seconds = ("ttlSeconds", EXTENSION_SECONDS.to_string());
            view! {
                {button_form("/forms/release_block", texts::release(), vec![id_field()])}
                {button_form("/forms/extend_block?in=extension", texts::extend_by_an_hour(), vec![id_field(), seconds])}
                {button_form("/forms/confirm_block", texts::confirm(), vec![id_field()])}
            }
        });
        let part =
            (may_hold && state == BlockState::Temporary && quantity > 1 && self.block.cart_id.is_none())
                .then(|| part_form(id));
        let about = [
            (texts::customer_reference(), self.block.reference.clone()),
            (texts::note(), self.block.note.clone()),
        ];
        let about = about.into_iter().filter_map(|(label, text)| {
            text.map(|text| {
                view! {
                    <div>
                        <dt>{label}</dt>
                        <dd>{user_text(text)}</dd>
                    </div>
                }
            })
        });
        let about = about.collect_view();
        let cart = self.block.cart_id.map(|cart| {
            view! {
                <div>
                    <dt>{texts::cart()}</dt>
                    <dd>
                        <a href=href::cart(cart)>{texts::cart_id(&cart.to_string())}</a>
                    </dd>
                </div>
            }
        });
        let expires = self.block.expires_at.map(|at| {
            let label = if state == BlockState::Expired { texts::expired() } else { texts::expires() };
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>
                        <ExactTime at />
                    </dd>
                </div>
            }
        });
        view! {
            <PageHead title=texts::hold_named(&id.to_string()) up=("/blocks", texts::holds())>
                {actions}
            </PageHead>
            <dl class="facts">
                <div>
                    <dt>{texts::status()}</dt>
                    <dd>{Cell::Badge { label, tone, note: String::new() }.view_only()}</dd>
                </div>
                <div>
                    <dt>{texts::item()}</dt>
                    <dd>
                        <a href=href::item(item_id)>{item_name}</a>
                    </dd>
                </div>
                <div>
                    <dt>{texts::units()}</dt>
                    <dd>{format_integer(quantity)}</dd>
                </div>
                <div>
                    <dt>{texts::warehouse()}</dt>
                    <dd>
                        <a href=href::warehouse(warehouse_id)>{warehouse_code}</a>
                    </dd>
                </div>
                <div>
                    <dt>{texts::placed()}</dt>
                    <dd>
                        <ExactTime at=self.block.created_at />
                    </dd>
                </div>
                {expires}
                {about}
                {cart}
            </dl>
            {part}
            <p>
                <a href=href::blocks_of(item_id)>{texts::all_holds_of_item()}</a>
            </p>
        }
    }
}

/// Renders the form that confirms a part of a block.
fn part_form(id: i64) -> impl IntoView {
    let rests = rests();
    view! {
        <section class="panel">
            <h2>{texts::confirm_part()}</h2>
            <form class="form" method="post" action="/forms/confirm_block">
                <input type="hidden" name="id" value=id />
                {number_field("quantity", texts::units_sold_of_hold(), String::new(), "")}
                {select_field("keep_rest", texts::rest_of_hold(), rests, "false")}
                <button class="button">{texts::confirm_part()}</button>
            </form>
        </section>
    }
}

/// Renders the page of an unknown block.
pub(super) fn no_block(error: String) -> impl IntoView {
    view! {
        <PageHead title=texts::no_such_hold().to_owned() up=("/blocks", texts::holds()) />
        {message(Some(error))}
        <p>
            <a href="/blocks">{texts::see_all(texts::holds())}</a>
            " · "
            <a href="/search">{texts::search()}</a>
        </p>
    }
}
