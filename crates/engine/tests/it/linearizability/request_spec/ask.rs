//! Requests through the engine's public methods.

use super::*;
use domain::{
    AllocateFrom, CancelLines, FillOrder, ItemKey, LevelKey, OrderPart, OrderSource, PlanLine, PolicyChoice,
    ReassignUnits, Request, ReturnLine, ReturnOrder, ShipOrder, StockDocument, WarehouseKey, parcel_levels,
};
use engine::DocumentLine;

/// Sends a request by the engine's public methods.
pub(in crate::linearizability) async fn ask(engine: &Engine, request: Request) -> engine::Result<Granted> {
    let context = &context();
    Ok(match request {
        Request::Place(block) => Granted::Placed(engine.block_place(context, block).await.fresh()?.output),
        Request::PlaceCart(cart) => {
            Granted::CartPlaced(engine.cart_place(context, cart).await.fresh()?.output)
        }
        Request::PlaceHold(hold) => Granted::Placed(engine.block_place(context, hold).await.fresh()?.output),
        Request::ConfirmPart(id, units) => {
            Granted::PartConfirmed(engine.block_confirm_part(context, id, units).await.fresh()?.output)
        }
        Request::Confirm(id, units) => {
            Granted::Confirmed(engine.block_confirm(context, id, units).await.fresh()?.output)
        }
        Request::Release(id) => Granted::Released(engine.block_release(context, id).await.fresh()?.output),
        Request::Extend(id, ttl) => {
            Granted::Extended(engine.block_extend(context, id, ttl).await.fresh()?.output)
        }
        Request::ChangeCart(change) => {
            Granted::CartChanged(engine.cart_change(context, change).await.fresh()?.output)
        }
        Request::ConfirmCart(cart) => {
            Granted::CartConfirmed(engine.cart_confirm(context, cart).await.fresh()?.output)
        }
        Request::RetakeCart(retake) => {
            Granted::CartConfirmed(engine.cart_confirm_late(context, retake).await.fresh()?.output)
        }
        Request::Convert(convert) => {
            Granted::OrderConverted(engine.order_convert(context, convert).await.fresh()?.output)
        }
        Request::StartPayment(start) => {
            Granted::PaymentChanged(engine.payment_start(context, start).await.fresh()?.output)
        }
        Request::EndPayment(cart) => {
            Granted::PaymentChanged(engine.payment_end(context, cart).await.fresh()?.output)
        }
        Request::ReleaseCart(cart) => {
            let (id, blocks) = engine.cart_release(context, cart).await.fresh()?.output;
            Granted::CartReleased(id, blocks)
        }
        Request::ExtendCart(cart, ttl) => {
            let (id, blocks) = engine.cart_extend(context, cart, ttl).await.fresh()?.output;
            Granted::CartExtended(id, blocks)
        }
        Request::Adjust(adjustment) => {
            Granted::Adjusted(engine.stock_adjust(context, adjustment).await.fresh()?.output)
        }
        Request::ChangeLevel(change) => {
            let document = StockDocument::new(vec![change], false).expect("a line");
            let outcome = engine.stock_document(context, document).await.fresh()?;
            match outcome.lines.into_iter().next().expect("a result") {
                DocumentLine::Done(changed) => Granted::LevelChanged(changed),
                DocumentLine::Refused(rejection) => return Err(rejection.into()),
                DocumentLine::Failed(error) => return Err(error),
                DocumentLine::Stored(..) => panic!("no key"),
            }
        }
        Request::Move(movement) => Granted::Moved(engine.stock_move(context, movement).await.fresh()?.output),
        Request::ChangeCondition(change) => {
            Granted::ConditionChanged(engine.stock_change_condition(context, change).await.fresh()?.output)
        }
        Request::Allocate(order, place) => {
            Granted::Allocated(engine.order_allocate(context, order, place).await.fresh()?.output)
        }
        Request::Source(source) => {
            let from = match source.source {
                OrderSource::Policy { rules, .. } => {
                    AllocateFrom::Policy(PolicyChoice::new(rules, None).expect("no distance"))
                }
                OrderSource::Plan(parcels) => {
                    let line = |(key, units): (LevelKey, i32)| PlanLine {
                        warehouse: key.warehouse.into(),
                        item: key.item.into(),
                        quantity: crate::units(units.into()),
                    };
                    AllocateFrom::plan(parcel_levels(&parcels).map(line).collect()).expect("a plan")
                }
            };
            Granted::Allocated(engine.order_allocate(context, source.order, from).await.fresh()?.output)
        }
        Request::Cancel(order) => {
            Granted::Cancelled(engine.order_cancel(context, order).await.fresh()?.output)
        }
        Request::Fill(fill) => {
            let FillOrder { order, warehouse, waits, priority, items } = fill;
            let fill =
                FillOrder { order, warehouse: warehouse.map(WarehouseKey::Id), waits, priority, items };
            Granted::Filled(engine.order_fill(context, fill).await.fresh()?.output)
        }
        Request::CancelLines(cancel) => {
            let cancel = CancelLines::new(cancel.order, by_key(cancel.part())).expect("a request");
            Granted::PartCancelled(engine.order_cancel_lines(context, cancel).await.fresh()?.output)
        }
        Request::Reassign(reassign) => {
            let part = reassign.part().map(by_key);
            let reassign = ReassignUnits::new(reassign.from, reassign.to, part).expect("a request");
            Granted::Reassigned(engine.order_reassign(context, reassign).await.fresh()?.output)
        }
        Request::Ship(shipment) => {
            let lines = shipment.lines().iter().map(|(item, units)| (ItemKey::Id(*item), *units));
            let lines = (!shipment.lines().is_empty()).then(|| lines.collect());
            let warehouse = shipment.warehouse.map(WarehouseKey::Id);
            let shipment = ShipOrder::new(shipment.order, warehouse, lines).expect("a shipment");
            Granted::Shipped(engine.order_ship(context, &shipment).await.fresh()?.output)
        }
        Request::Return(returned) => {
            let line = |line: &ReturnLine| ReturnLine {
                item: ItemKey::Id(line.item),
                quantity: line.quantity,
                warehouse: line.warehouse.map(WarehouseKey::Id),
            };
            let lines = returned.lines().iter().map(line).collect();
            let returned = ReturnOrder::new(returned.order, lines, returned.into).expect("a return");
            Granted::Returned(engine.order_return(context, &returned).await.fresh()?.output)
        }
        Request::ShipBlock(block) => {
            Granted::BlockShipped(engine.block_ship(context, block).await.fresh()?.output)
        }
        Request::ShipCart(cart) => {
            Granted::CartShipped(engine.cart_ship(context, cart).await.fresh()?.output)
        }
    })
}

fn by_key(part: &OrderPart) -> OrderPart<ItemKey> {
    part.iter().map(|(item, units)| (ItemKey::Id(*item), *units)).collect()
}
